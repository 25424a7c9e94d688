"""What `sh` makes of an item, wherever a template puts it."""

from __future__ import annotations

import subprocess

import pytest

from wf_tui.errors import UsageError
from wf_tui.swarm.items import Item
from wf_tui.swarm.sh_quoting import fill_command
from wf_tui.swarm.template import Template

PLACES = (
    "printf '<%s>' {{item}}",
    "printf '<%s>' \"{{item}}\"",
    "printf '<%s>' '{{item}}'",
    "printf '<%s>' a{{item}}b\"c{{item}}d\"'e{{item}}f'",
    "printf '<%s>' \"$(printf %s {{item}})\"",
    'printf \'<%s>\' "$(printf %s "{{item}}" | cat)"',
    "x='q'; printf '<%s>' \"${x}{{item}}\" # don't",
    "(printf '<%s>' {{item}}); : \\' \"\\\"\"; printf %s {{item}}",
)
ITEMS = (
    "plain",
    "two  words",
    "'",
    '"',
    "\\",
    "$(echo no) `echo no` $HOME ${x}",
    ";echo no;&|<>(){}[]*?!#~",
    "-n",
    "line\nbreak 'x' \"y\"",
    "päth/翻 訳\t\x1b[31m",
)


@pytest.mark.parametrize("template", PLACES)
def test_an_item_is_never_more_than_itself(template: str) -> None:
    """Each item comes out of `sh` as it went in, whatever is in it and around it."""
    plain = {number: f"@{number}@" for number in range(len(ITEMS))}
    for number, text in enumerate(ITEMS):
        expected = run(fill_command(Template.parse(template), Item(plain[number])))
        assert run(fill_command(Template.parse(template), Item(text))) == expected.replace(
            plain[number], text
        )


def run(script: str) -> str:
    """Return what a script prints."""
    done = subprocess.run(
        ["sh", "-ec", script], capture_output=True, check=True, text=True, timeout=20
    )
    return done.stdout


@pytest.mark.parametrize(
    ("template", "place"),
    [
        ("cat <<END\n{{item}}\nEND", "behind a here-document"),
        ("echo `echo {{item}}`", "behind backquotes"),
        ("echo $'a' {{item}}", "behind \\$'...'"),
        ("true # {{item}}", "in a comment"),
        ("echo \\{{item}}", "behind a backslash"),
        ('echo "${x:-{{item}}}"', "behind a \\${...}"),
        ('echo "${x:-"}"}" {{item}}', "behind a \\${...}"),
        ("echo $(case a in a) echo {{item}};; esac)", "behind a `case`"),
    ],
)
def test_where_no_quoting_is_safe(template: str, place: str) -> None:
    """A place is refused where what is around it could take the item for more than a word."""
    with pytest.raises(UsageError, match=place):
        fill_command(Template.parse(template), Item("x"))
