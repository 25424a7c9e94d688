"""The parts that screens are made of, most of them lines that are painted by hand."""
