"""Data files are checked when they are read, and an error says where."""

from collections.abc import Callable
from importlib.resources import files

import pytest

from revmod_live.content.load import load
from revmod_live.errors import Malformed


def packaged(name: str) -> str:
    return files("revmod_live.content").joinpath("data", name).read_text(encoding="utf-8")


def changed(file: str, old: str, new: str) -> Callable[[str], str]:
    """The packaged files, with one thing changed in one of them."""

    def read(name: str) -> str:
        text = packaged(name)
        if name != file:
            return text
        assert old in text
        return text.replace(old, new, 1)

    return read


def test_the_packaged_files_are_sound() -> None:
    assert load() == load(packaged)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("instruments.toml", '"tip"', '"untoc"', "instruments.toml: twice: untoc"),
        ("instruments.toml", '"tip"', '"Tip"', "instruments.toml, instrument 2: code"),
        ("instruments.toml", 'code = "tip"', "", "instruments.toml, instrument 2: code is missing"),
        ("instruments.toml", "\ntitle", "\ntitel", "instruments.toml, instrument 1: title is missing"),
        ("instruments.toml", "[[instrument]]", "[[", "instruments.toml: not TOML"),
        ("instruments.toml", "[[instrument]]", "[instrument]", "instruments.toml: not TOML"),
        ("articles.toml", "number = 2", "number = 1", "articles.toml: twice: 1"),
        ("articles.toml", "phase = 4", "phase = 0", "articles.toml, cluster 2: phase"),
        ("articles.toml", "\n24 = ", "\n23 = ", "articles.toml: twice: 23"),
        ("articles.toml", "\n24 = ", "\nxx = ", "articles.toml, cluster 2, articles, untoc"),
        ("articles.toml", "articles.tip", "articles.tap", "cluster 1, articles: unknown: tap"),
        ("articles.toml", ", unless_uncac", ", unless", "articles, untoc, 8: unless_uncac is missing"),
        ("steps.toml", 'letter = "a"', 'letter = "b"', "steps.toml, step 2: the name"),
        ("steps.toml", '{ name = "process"', '{ name = "gaps"', "steps.toml, step 4: twice: gaps"),
        ("steps.toml", '["text"]', "[]", "a section without fields"),
        ("steps.toml", '"article", fields_from', '"question", fields_from', "steps.toml, step 2, sections 1"),
        ("steps.toml", '"questions" }', '"answers" }', "fields come from nothing but questions"),
        ("questions.toml", "sample = true", 'sample = "yes"', "questions.toml, question 1: sample"),
        ("demo_states.toml", '"som", "fa"', '"som", "xx"', "demo_states.toml, state 1: party"),
        ("demo_states.toml", 'ar = "', 'de = "', "demo_states.toml, state 1, names: ar is missing"),
        ("demo_states.toml", '"BOR"', '"AVA"', "demo_states.toml: twice: AVA"),
    ],
)
def test_a_mistake_is_found_and_its_place_is_named(file: str, old: str, new: str, said: str) -> None:
    with pytest.raises(Malformed) as caught:
        load(changed(file, old, new))
    assert said in str(caught.value)


def test_steps_are_complete_and_in_order() -> None:
    text = packaged("steps.toml")
    last = text.rindex("[[step]]")
    with pytest.raises(Malformed, match="in this order"):
        load(lambda name: text[:last] if name == "steps.toml" else packaged(name))
