"""The run's private repository, `control.git`, and what is read from its trees and commits."""
