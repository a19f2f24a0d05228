"""A stored declaration is read once, and never an older one than what is stored."""

from pydantic import BaseModel, ConfigDict

from shuzhi.foundation.declarations import read_stored


class Told(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    size: int = 1


class Other(Told):
    pass


def test_the_same_text_is_read_once():
    assert read_stored(Told, '{"name": "a"}') is read_stored(Told, '{"name": "a"}')
    assert read_stored(Told, {"name": "甲"}) is read_stored(Told, '{"name": "甲"}')


def test_another_text_or_kind_is_read_anew():
    assert read_stored(Told, '{"name": "a", "size": 2}').size == 2
    assert type(read_stored(Other, '{"name": "a"}')) is Other
