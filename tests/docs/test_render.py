"""Sections as HTML: escaped, well-formed, nested lists."""

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from revmod_live.docs.compare import compare_blocks
from revmod_live.docs.model import Block, Run, plain
from revmod_live.docs.render import blocks_html, changes_html
from tests.deep import counts
from tests.docs.trees import fields

TAGS = {"p", "h3", "h4", "h5", "blockquote", "ul", "ol", "li", "em", "strong", "u", "a", "br"}
ATTRIBUTES = {"dir", "data-align", "class", "href", "rel"}


class Outline(HTMLParser):
    """Checks that tags are the known ones and close in order; gathers the text."""

    def __init__(self, *, tags: set[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""
        self.tags = tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.tags
        assert {name for name, _ in attrs} <= ATTRIBUTES
        for name, value in attrs:
            if name == "href":
                assert value is not None
                assert value.lower().startswith(("http:", "https:", "mailto:"))
        if tag == "li":
            assert self.open[-1] in {"ul", "ol"}
        if tag in {"ul", "ol"} and self.open:
            assert self.open[-1] == "li"
        if tag == "br":
            self.text += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def outline(html: str, *, tags: set[str] = TAGS) -> Outline:
    parser = Outline(tags=tags)
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser


@given(blocks=fields)
@settings(max_examples=counts(150, 5000), deadline=None)
def test_any_text_is_well_formed_and_says_what_it_said(blocks: tuple[Block, ...]) -> None:
    said = "".join(run.text for block in blocks for run in block.runs)
    printable = "".join(letter for letter in said if letter.isprintable())
    text = outline(blocks_html(blocks)).text
    assert "".join(letter for letter in text if letter.isprintable() and letter != "\ufffd") == (
        printable.replace("\ufffd", "")
    )


@given(old=fields, new=fields)
@settings(max_examples=counts(80, 2000), deadline=None)
def test_any_comparison_is_well_formed(old: tuple[Block, ...], new: tuple[Block, ...]) -> None:
    html = changes_html(compare_blocks(old, new), inserted="inserted", deleted="deleted", restyled="restyled")
    outline(html, tags=TAGS | {"ins", "del", "span"})


def test_a_block_has_its_form_and_reads_in_its_own_direction() -> None:
    blocks = (
        Block((Run("H"),), kind="h2", align="center"),
        Block((Run("نص"),), dir="rtl"),
        Block((Run("Q"),), kind="quote"),
    )
    assert blocks_html(blocks) == (
        '<h3 dir="auto" data-align="center">H</h3><p dir="rtl">نص</p><blockquote dir="auto">Q</blockquote>'
    )
    assert blocks_html(blocks[:1], heading_level=6) == '<h6 dir="auto" data-align="center">H</h6>'


def test_flat_items_become_nested_lists() -> None:
    items = ("ul1", "ul2", "ol2", "ul1", "ol1", "ol3", None, "ol1")
    blocks = tuple(Block((Run(str(n)),), kind=kind) for n, kind in enumerate(items))
    html = blocks_html(blocks).replace(' dir="auto"', "")
    assert html == (
        "<ul><li>0<ul><li>1</li></ul><ol><li>2</li></ol></li><li>3</li></ul>"
        '<ol><li>4<ol><li class="level"><ol><li>5</li></ol></li></ol></li></ol>'
        "<p>6</p><ol><li>7</li></ol>"
    )


def test_marks_nest_and_lines_break() -> None:
    run = Run("a\n<b>", em=True, strong=True, underline=True, link='https://x/?a="&b')
    assert blocks_html((Block((run,)),)) == (
        '<p dir="auto"><a href="https://x/?a=&quot;&amp;b" rel="noopener noreferrer nofollow">'
        "<u><em><strong>a<br>&lt;b&gt;</strong></em></u></a></p>"
    )


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "//x"])
def test_a_link_made_past_the_schema_is_no_link(href: str) -> None:
    block = Block((Run("a", link=href),), kind="h9", dir='"><script>', align='"')
    assert blocks_html((block,)) == '<p dir="auto">a</p>'


def test_changes_carry_words_for_those_who_do_not_see_them() -> None:
    changes = compare_blocks(plain("one two three", "same"), plain("one 2 three", "same", "<new>"))
    hidden = '<span class="visually-hidden" dir="auto">{} </span>'
    assert changes_html(changes, inserted="in&", deleted="out") == (
        f'<p dir="auto">one <del>{hidden.format("out")}two</del>'
        f"<ins>{hidden.format('in&amp;')}2</ins> three</p>"
        f'<p dir="auto">same</p><p dir="auto"><ins>{hidden.format("in&amp;")}&lt;new&gt;</ins></p>'
    )


def test_a_change_of_form_is_said_too() -> None:
    changes = compare_blocks(plain("Gaps"), (Block((Run("Gaps"),), kind="h2"),))
    html = changes_html(changes, inserted="i", deleted="d", restyled="form changed")
    assert html == (
        '<h3 dir="auto" class="restyled">'
        '<span class="visually-hidden" dir="auto">form changed </span>Gaps</h3>'
    )
