# The virtual environment of this clone: .venv, made once for each state of pyproject.toml.
#
# Read by scripts/wf and scripts/test, which name the dependencies that they need. The making takes
# uv where it is, else Python's own venv and pip. So nothing has to be installed but a Python, and
# nothing outside of the clone changes.
# shellcheck shell=sh

root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd -P)
venv=$root/.venv

# Make sure that .venv has the dependencies: `environment app` those of wf, `environment test` all.
# Ends the script with status 3 where it cannot be made.
environment() {
    wanted="$(cksum <"$root/pyproject.toml") $root"
    is_made "$1" && return
    (
        # Two that start at once: the second waits, and finds it made.
        exec 9<"$root/pyproject.toml"
        ! command -v flock >/dev/null || flock 9
        is_made "$1" || make "$1"
    ) || exit 3
}

# A note is written when all is there, so one that was interrupted is made again. It names the
# clone, since an environment does not work in another folder.
is_made() {
    for note in "$venv/made-for-$1" "$venv/made-for-test"; do
        [ "$(cat "$note" 2>/dev/null)" = "$wanted" ] && return
    done
    return 1
}

make() {
    echo "wf: making $venv, this once" >&2
    # What is set for another project, or an environment that is active, does not count here.
    unset VIRTUAL_ENV UV_PROJECT PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_CONSTRAINT
    if uv --version >/dev/null 2>&1; then make_with_uv "$1"; else make_with_pip "$1"; fi &&
        echo "$wanted" >"$venv/made-for-$1"
}

make_with_uv() {
    if [ "$1" = test ]; then set --; else set -- --no-dev; fi
    export UV_PROJECT_ENVIRONMENT="$venv" UV_NO_PROGRESS=1 UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-1}"
    uv sync --quiet --inexact --project "$root" "$@" >&2
}

make_with_pip() {
    if [ "$1" = test ]; then set -- --group "$root/pyproject.toml:dev"; else set --; fi
    export PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_DISABLE_PIP_VERSION_CHECK=1
    if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        find_python && "$python" -m venv --clear "$venv" >&2 || return
    fi
    # The pip of an older Python knows no groups; and the exact versions are written for uv.
    "$venv/bin/python" -m pip install --quiet --upgrade pip >&2 &&
        "$venv/bin/python" -c "$exact_versions" "$root/pyproject.toml" >"$venv/constraints.txt" &&
        "$venv/bin/python" -m pip install --quiet --constraint "$venv/constraints.txt" \
            --editable "$root" "$@" >&2
}
exact_versions='
import sys, tomllib
with open(sys.argv[1], "rb") as file:
    print(*tomllib.load(file)["tool"]["uv"]["constraint-dependencies"], sep="\n")
'

# Set $python to one that will do: the usual one, else the newest.
find_python() {
    old='' bare=''
    for python in python3 python3.14 python3.13 python3.12 python3.11 python; do
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
            continue
        if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
            old=${old:-$version}
        elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
            return
        else
            bare=${bare:-$version}
        fi
    done
    if [ -n "$bare" ]; then
        echo "wf: Python $bare lacks its module venv: $(install "python$bare-venv")" >&2
    elif [ -n "$old" ]; then
        echo "wf: needs Python 3.11 or newer, this is $old: $(install python3.12)" >&2
    else
        echo "wf: needs Python 3.11 or newer, there is none: $(install python3)" >&2
    fi
    return 1
}

# Say how a package of Debian's name is installed here.
install() {
    for tool in apt-get dnf zypper pacman apk brew; do
        command -v "$tool" >/dev/null && break
        tool=''
    done
    case $tool in
    apt-get) echo "sudo apt install $1, or install uv" ;;
    dnf) echo "sudo dnf install ${1%-venv}, or install uv" ;;
    zypper) echo "sudo zypper install ${1%-venv}, or install uv" ;;
    pacman) echo "sudo pacman -S python, or install uv" ;;
    apk) echo "apk add python3, or install uv" ;;
    brew) echo "brew install python, or install uv" ;;
    *) echo "install ${1%-venv} with your system's tool, or uv" ;;
    esac
}
