from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shuzhi.terminals.design.lineage import BOX_HEIGHT, BOX_WIDTH, Edge, Node, lay_out, shorten


def nodes(*names: str) -> list[Node]:
    return [Node(name, name, "dataset", "数据集") for name in names]


def places(drawing):
    return {box.node.id: (box.x, box.y) for box in drawing.boxes}


NAMES = st.lists(st.sampled_from("abcdefghij"), unique=True, min_size=1)
EDGES = st.lists(
    st.tuples(st.sampled_from("abcdefghijz"), st.sampled_from("abcdefghijz")).map(lambda pair: Edge(*pair)),
    max_size=25,
)


class TestLayOut:
    def test_data_flow_from_left_to_right(self):
        drawing = lay_out(
            nodes("register", "source", "set"), [Edge("set", "register"), Edge("source", "set")]
        )
        at = places(drawing)
        assert at["source"][0] < at["set"][0] < at["register"][0]

    def test_a_long_way_round_pushes_the_end_to_the_right(self):
        at = places(lay_out(nodes("a", "b", "c"), [Edge("a", "c"), Edge("a", "b"), Edge("b", "c")]))
        assert at["a"][0] < at["b"][0] < at["c"][0]

    def test_a_circle_is_drawn_whole(self):
        drawing = lay_out(nodes("a", "b"), [Edge("a", "b"), Edge("b", "a")])
        assert len(drawing.wires) == 2
        assert places(drawing)["a"] != places(drawing)["b"]

    def test_neighbours_stand_level(self):
        at = places(lay_out(nodes("a", "b", "x", "y"), [Edge("a", "y"), Edge("b", "x")]))
        assert (at["a"][1] < at["b"][1]) == (at["y"][1] < at["x"][1])

    def test_nothing_is_drawn_of_nothing(self):
        drawing = lay_out([], [])
        assert (drawing.width, drawing.boxes) == (0, ())

    def test_each_box_knows_where_its_data_go(self):
        drawing = lay_out(nodes("a", "b"), [Edge("a", "b"), Edge("a", "unknown")])
        assert [[n.id for n in box.into] for box in drawing.boxes] == [["b"], []]

    @given(NAMES, EDGES)
    def test_every_node_has_its_own_place_inside_the_drawing(self, names, edges):
        drawing = lay_out(nodes(*names), edges)
        at = places(drawing)
        assert set(at) == set(names)
        assert len(set(at.values())) == len(names)
        assert all(
            x + BOX_WIDTH <= drawing.width and y + BOX_HEIGHT <= drawing.height for x, y in at.values()
        )

    @given(NAMES, EDGES)
    def test_the_same_graph_is_drawn_the_same(self, names, edges):
        assert lay_out(nodes(*names), edges) == lay_out(nodes(*names), edges)


class TestShorten:
    def test_keeps_what_fits(self):
        assert shorten("企业基本信息查询", 20) == "企业基本信息查询"

    def test_counts_a_chinese_character_twice(self):
        assert shorten("市场监督管理局文件投递口", 20) == "市场监督管理局文件…"

    @given(st.text(), st.integers(2, 40))
    def test_never_grows(self, text, room):
        assert len(shorten(text, room)) <= max(len(text), 1)
