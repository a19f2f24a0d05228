"""A bounded memory keeps what was asked for last, whatever came before."""

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.foundation.recent import Recent

STEPS = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), max_size=60)


@given(STEPS, st.integers(1, 4))
def test_it_holds_the_keys_that_were_used_last(steps, most):
    memory: Recent[int, str] = Recent(most)
    used: list[int] = []  # the longest ago first

    for is_kept, key in steps:
        held = used[-most:]
        if is_kept:
            assert memory.keep(key, f"value {key}") == f"value {key}"
        else:
            assert memory.get(key) == (f"value {key}" if key in held else None)
        if is_kept or key in held:
            used = [*(each for each in held if each != key), key]
