"""Operators and expressions, table by table (10.3.2.13 and 10.3.2.14)."""

from __future__ import annotations

import pytest

T, F, N = "true", "false", "null"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (".25 + .2", "0.45"),
        (".10 * 30.00", "3"),
        ("1 + 3/2*2 - 2**3", "-4"),
        ("1/3", "0.3333333333333333333333333333333333"),
        ("2/3", "0.6666666666666666666666666666666667"),
        ("1.01/2", "0.505"),
        ("1.0*10**3", "1000"),
        ("1/0", N),
        ("0/0", N),
        ("2 ** 0.5", "sqrt(2)"),
        ("2 ** -1", "0.5"),
        ("0 ** 0", "1"),
        ("10 ** 6144", "10 ** 6144"),
        ("10 ** 6145", N),
        ("10 ** 1000000000", N),
        ("-(5)", "-5"),
        ("0 - 0", "0"),
        ("-0 = 0", T),
        ("1 + null", N),
        ('1 + "1"', N),
        ('"a" + "b"', '"ab"'),
        ('"a" - "b"', N),
        ("[1] + 1", "2"),
        ("[1, 2] + 1", N),
        ("true + 1", N),
        ("9999999999999999999999999999999999 + 1", "10000000000000000000000000000000000"),
        ("0.1 + 0.2 = 0.3", T),
        ("1.2e3", "1200"),
        ("-1.5E-2", "-0.015"),
        (".5e+1 * 2", "10"),
    ],
)  # fmt: skip
def test_numbers_and_strings(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2012-12-25" - @"2012-12-24"', '@"P1D"'),
        ('date and time("2012-12-24T23:59:00") + duration("PT1M")', 'date and time("2012-12-25T00:00:00")'),
        ('@"2021-01-31" + @"P1M"', '@"2021-02-28"'),
        ('@"2024-01-31" + @"P1M"', '@"2024-02-29"'),
        ('@"2024-02-29" - @"P1Y"', '@"2023-02-28"'),
        ('@"2021-01-01" + @"PT25H"', '@"2021-01-02"'),
        ('@"2021-01-01" - @"PT1H"', '@"2020-12-31"'),
        ('@"P1D" + @"2021-01-01"', '@"2021-01-02"'),
        ('@"P1Y" - @"2021-01-01"', N),
        ('@"2021-01-01" + @"2021-01-01"', N),
        ('@"10:00:00" + @"PT15H"', '@"01:00:00"'),
        ('@"10:00:00Z" - @"PT11H"', '@"23:00:00Z"'),
        ('@"10:00:00" - @"08:30:00"', '@"PT1H30M"'),
        ('@"10:00:00+02:00" - @"08:30:00Z"', '@"-PT30M"'),
        ('@"10:00:00Z" - @"08:30:00"', N),
        ('@"2021-01-02T10:00:00" - @"2021-01-01T09:00:00"', '@"P1DT1H"'),
        ('@"2021-01-02T10:00:00Z" - @"2021-01-01"', '@"P1DT10H"'),
        ('@"2021-01-02T10:00:00" - @"2021-01-01"', N),
        ('@"2021-01-02T10:00:00Z" - @"2021-01-02T10:00:00"', N),
        ('@"2021-01-31T10:00:00" + @"P1M"', '@"2021-02-28T10:00:00"'),
        ('@"2021-03-28T01:30:00@Europe/Paris" + @"PT1H"', '@"2021-03-28T03:30:00@Europe/Paris"'),
        ('@"2021-07-01T00:00:00@Asia/Shanghai" - @"2021-06-30T16:00:00Z"', '@"PT0S"'),
        ('@"P1Y2M" + @"P11M"', '@"P2Y1M"'),
        ('@"P1D" + @"PT1H"', '@"PT25H"'),
        ('@"P1D" + @"P1M"', N),
        ('@"P1Y" * 1.5', '@"P18M"'),
        ('2 * @"P1D"', '@"P2D"'),
        ('@"P1D" / 2', '@"PT12H"'),
        ('@"P1D" / 0', N),
        ('@"P1D" * 10 ** 6000', N),
        ('@"P1Y" / 10 ** -6000', N),
        ('@"P1D" * 10 ** -6000', '@"PT0S"'),
        ('@"P1Y" / 0', N),
        ('1 / @"P1D"', N),
        ('@"P1D" / @"PT1H"', "24"),
        ('@"P1Y" / @"P1M"', "12"),
        ('@"P1Y" / @"P0M"', N),
        ('@"P1D" * @"P1D"', N),
        ('-@"P1D"', '@"-P1D"'),
        ('-@"P1Y"', '@"-P1Y"'),
        ('@"999999999-12-31" + @"P1D"', N),
        ('@"-999999999-01-01" - @"P1M"', N),
        ('@"9999-12-31" + @"P1D"', '@"10000-01-01"'),
    ],
)
def test_dates_times_and_durations(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 = 1.000", T),
        ('1 = "1"', N),
        ("null = null", T),
        ("1 = null", F),
        ("null != 1", T),
        ("1 != 1", F),
        ("[1] = 1", T),
        ("[1, 2] = [1, 2]", T),
        ("[1, 2] = [2, 1]", F),
        ("[1] = [1, 2]", F),
        ("[] = null", F),
        ("{a: 1, b: 2} = {b: 2, a: 1}", T),
        ("{a: 1} = {b: 1}", F),
        ("[1..2] = [1..2]", T),
        ("[1..2] = [1..2)", F),
        ('@"2021-01-01" = @"2021-01-01T00:00:00"', N),
        ('@"10:00:00Z" = @"12:00:00+02:00"', T),
        ('@"10:00:00Z" = @"10:00:00"', F),
        ('@"2021-01-01T08:00:00@Asia/Shanghai" = @"2021-01-01T00:00:00Z"', T),
        ('@"P1D" = @"PT24H"', T),
        ('@"P1Y" = @"P12M"', T),
        ('@"P1D" = @"P1M"', N),
        ("true = true", T),
        ("1 < 2", T),
        ('"abc" < "abd"', T),
        ('"a" < "aa"', T),
        ("1 < null", N),
        ('1 < "2"', N),
        ("true < false", N),
        ("[1] < 2", T),
        ('@"2021-01-01" < @"2021-01-02"', T),
        ('@"2021-01-01" < @"2021-01-02T00:00:00"', N),
        ('@"10:00:00" < @"11:00:00Z"', T),
        ('@"10:00:00+02:00" < @"09:00:00Z"', T),
        ('@"2021-01-01T10:00:00" <= @"2021-01-01T10:00:00"', T),
        ('@"PT1H" < @"P1D"', T),
        ("5 between 1 and 5", T),
        ("0 between 1 and 5", F),
        ("null between 1 and 5", N),
        ("5 between null and 3", F),
        ("5 between null and 7", N),
        ('"b" between "a" and "c"', T),
    ],
)
def test_comparisons(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize("word", ["and", "or"])
@pytest.mark.parametrize("left", [T, F, N, "1"])
@pytest.mark.parametrize("right", [T, F, N, '"x"'])
def test_three_valued_logic(value_of, word, left, right):
    known = {T: True, F: False}
    deciding = word == "or"
    sides = (known.get(left), known.get(right))
    wanted = deciding if deciding in sides else (None if None in sides else not deciding)
    assert value_of(f"{left} {word} {right}") is wanted
    assert value_of(f"{left} {word} {right} {word} {left}") is wanted


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 in (<= 5)", T),
        ("5 in ((5..10])", F),
        ("5 in ([5..10])", T),
        ("5 in (4, 5, 6)", T),
        ("5 in (<5, >5)", F),
        ("5 in (5..10]", F),
        ("5 in [1..5[", F),
        ("5 in ]4..6[", T),
        ("5 in > 4", T),
        ("5 in [4, 5]", T),
        ("5 in [[1..3], [5..6]]", T),
        ("[1, 2] in [[1, 2], 3]", T),
        ("[1, 2] in ([1, 2])", T),
        ("1 in ([2, 3])", F),
        ("1 in 1", T),
        ('"a" in ("b", "a")', T),
        ("null in (null, 1)", T),
        ("null in > 5", N),
        ("5 in [null..7]", N),
        ("5 in [null..3]", F),
        ("{a: 1, b: 7, r: 5 in (a..b]}.r", T),
        ("{a: 1, r: [1..2] in [a..2]}.r", T),
        ("1 in (? > 0)", T),
        ("5 in (not(1))", F),
        ("1 in =1", T),
        ("1 in !=1", F),
        ('@"2012-12-31" in (@"2012-12-25"..@"2013-02-14")', T),
        ("{r: [1..3]}.r", "[1..3]"),
        ("3 in {r: [1..3]}.r", T),
    ],
)  # fmt: skip
def test_in(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if true then 1 else 2", "1"),
        ("if false then 1 else 2", "2"),
        ("if null then 1 else 2", "2"),
        ('if "true" then 1 else 2', "2"),
        ("for x in [1, 2] return x * 2", "[2, 4]"),
        ("for x in [] return x", "[]"),
        ("for x in 1..3 return x", "[1, 2, 3]"),
        ("for x in 3..1 return x", "[3, 2, 1]"),
        ("for x in 2..2 return x", "[2]"),
        ("for x in [1..3] return x", "[1, 2, 3]"),
        ("for x in (1..4) return x", "[2, 3]"),
        ("for x in 1 return x", "[1]"),
        ("for x in null return x", N),
        ("for x in 1.5..3 return x", N),
        ('for x in "a".."c" return x', N),
        ("for i in [1, 2], j in [3, 4] return i * 10 + j", "[13, 14, 23, 24]"),
        ("for i in 1..3, j in 1..i return j", "[1, 1, 2, 1, 2, 3]"),
        ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]"),
        ("for i in 1..3 return count(partial)", "[0, 1, 2]"),
        ("for i in 1..2 return partial", "[[], [[]]]"),
        ('for d in @"2021-02-27"..@"2021-03-01" return d.day', "[27, 28, 1]"),
        ('for d in @"2021-03-01"..@"2021-02-27" return d.day', "[1, 28, 27]"),
        ("some x in [1, 2] satisfies x > 1", T),
        ("some x in [1, 2] satisfies x > 2", F),
        ("some x in [] satisfies true", F),
        ("some x in [1, null] satisfies x > 1", N),
        ("some x in [2, null] satisfies x > 1", T),
        ("every x in [1, 2] satisfies x > 0", T),
        ("every x in [1, 2] satisfies x > 1", F),
        ("every x in [] satisfies false", T),
        ("every x in [1, null] satisfies x > 1", F),
        ("every x in [2, null] satisfies x > 1", N),
        ("every x in [1, 2], y in [2, 3] satisfies x <= y", T),
        ("some 甲 in [1, 2], 乙 in [2] satisfies 甲 = 乙", T),
    ],
)
def test_branches_and_loops(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[1, 2, 3][1]", "1"),
        ("[1, 2, 3][-1]", "3"),
        ("[1, 2, 3][0]", N),
        ("[1, 2, 3][4]", N),
        ("[1, 2, 3][-4]", N),
        ("[1, 2, 3][1.5]", N),
        ("[1, 2, 3][1 + 1]", "2"),
        ("[][1]", N),
        ("[][item > 1]", "[]"),
        ("null[1]", N),
        ("null[item > 1]", "[]"),
        ("100[1]", "100"),
        ("100[2]", N),
        ("100[item = 100]", "[100]"),
        ("100[false]", "[]"),
        ("[1, 2, 3, 4][item > 2]", "[3, 4]"),
        ("[1, 2, 3][true]", "[1, 2, 3]"),
        ('[1, 2, 3]["a"]', "[]"),
        ("[1, null, 3][item != null]", "[1, 3]"),
        ("[{x: 1, y: 2}, {x: 2, y: 3}][x = 1]", "[{x: 1, y: 2}]"),
        ("[{x: 1, y: 2}, {x: null, y: 3}][x < 2]", "[{x: 1, y: 2}]"),
        ("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]"),
        ("{x: 5, r: [{y: 1}, {y: 5}][y = x]}.r", "[{y: 5}]"),
        ("{x: 5, r: [{x: 1}][x = 5]}.r", "[]"),
        ("[[1, 2], [3]][count(item) > 1]", "[[1, 2]]"),
        ("[{a: {b: [1]}}, {a: {b: [2.1, 2.2]}}].a.b", "[[1], [2.1, 2.2]]"),
        ("[{x: 1, y: 2}, {x: 2, y: 3}].y", "[2, 3]"),
        ("[{x: 1}, {y: 3}].y", "[null, 3]"),
        ("{a: 1}.b", N),
        ("null.a", N),
        ("[1, 2, 3][item > 1][1]", "2"),
        ("{l: [3, 1], i: 2, r: l[i]}.r", "1"),
        ("[{a: [{b: 1}, {b: 2}]}][a[b = 2][1].b = 2].a[1][1].b", "1"),
    ],
)
def test_filters_and_paths(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('@"2012-03-07".year', "2012"),
        ('@"2012-03-07".month', "3"),
        ('@"2012-03-07".day', "7"),
        ('@"2012-03-07".weekday', "3"),
        ('@"2012-03-11".weekday', "7"),
        ('@"2012-03-07".hour', N),
        ('@"2012-03-07T11:22:33.5Z".second', "33.5"),
        ('@"2012-03-07T11:22:33+08:00".time offset', '@"PT8H"'),
        ('@"2012-03-07T11:22:33".time offset', N),
        ('@"2012-07-07T11:22:33@Europe/Paris".time offset', '@"PT2H"'),
        ('@"2012-03-07T11:22:33@Europe/Paris".timezone', '"Europe/Paris"'),
        ('@"2012-03-07T11:22:33+08:00".timezone', N),
        ('@"11:22:33".minute', "22"),
        ('@"11:22:33-05:00".time offset', '@"-PT5H"'),
        ('@"P1Y14M".years', "2"),
        ('@"P1Y14M".months', "2"),
        ('@"-P1Y2M".months', "-2"),
        ('@"P1Y".days', N),
        ('@"P1DT25H".days', "2"),
        ('@"P1DT25H3M4.5S".hours', "1"),
        ('@"P1DT25H3M4.5S".seconds', "4.5"),
        ('@"P1D".years', N),
        ("[1..10].start", "1"),
        ("[1..10).end", "10"),
        ("[1..10).start included", T),
        ("[1..10).end included", F),
        ("(<= 10).start", N),
        ("(<= 10).end included", T),
        ("(<= 10).start included", F),
        ("(> 1).start", "1"),
        ("(> 1).end", N),
        ("[10..1]", N),
        ('[1.."a"]', N),
        ("(=5)", "[5..5]"),
        ('@"-0001-01-01".year', "-1"),
        ('@"999999999-12-31".year', "999999999"),
    ],
)
def test_properties(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 instance of number", T),
        ('"a" instance of number', F),
        ("null instance of Null", T),
        ("null instance of number", F),
        ("null instance of Any", F),
        ("1 instance of Any", T),
        ("[123] instance of list<number>", T),
        ("[123, null] instance of list<number>", T),
        ('[123, "a"] instance of list<number>', F),
        ('[123, "a"] instance of list<Any>', T),
        ("[] instance of list<string>", T),
        ("[1] instance of list", N),
        ("1 instance of nonsense", N),
        ("{a: 1} instance of context<a: number>", T),
        ("{a: 1, b: 2} instance of context<a: number>", T),
        ("{b: 2} instance of context<a: number>", F),
        ('{a: "x"} instance of context<a: number>', F),
        ("[1..2] instance of range<number>", T),
        ("[1..2] instance of range<string>", F),
        ("(> 1) instance of range<number>", T),
        ('@"2021-01-01" instance of date', T),
        ('@"2021-01-01" instance of date and time', F),
        ('@"2021-01-01T00:00:00" instance of date and time', T),
        ('@"PT1H" instance of days and time duration', T),
        ('@"P1M" instance of years and months duration', T),
        ('@"10:00:00" instance of time', T),
        ("true instance of boolean", T),
        ("(function(a: number) a) instance of function<number> -> number", T),
        ("(function(a: string) a) instance of function<number> -> number", F),
        ("(function(a) a) instance of function<number> -> Any", T),
        ("(function(a, b) a) instance of function<number> -> Any", F),
        ("(function() 1) instance of function<> -> number", T),
        ("abs instance of function<number> -> number", T),
    ],
)
def test_instance_of(assert_same, text, expected):
    assert_same(text, expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(function(x) x + 1)(2)", "3"),
        ("(function(x, y) x - y)(y: 1, x: 3)", "2"),
        ("(function(x, y) y)(x: 3)", N),
        ("(function(x) x)(1, 2)", N),
        ('(function(x: number) x)("a")', N),
        ("(function(x: number) x)([5])", "5"),
        ("(function(x: list<number>) x)(5)", "[5]"),
        ('(function(x: date and time) x)(@"2021-01-01")', '@"2021-01-01T00:00:00Z"'),
        ("{a: 2, f: function(x) x * a, r: f(3)}.r", "6"),
        ("{f: function(x) function(y) x + y, r: f(1)(2)}.r", "3"),
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(10)}.r", "3628800"),
        ("(for i in 1..3 return function() i)[1]()", "1"),
        ("{x: 1, y: x + 1, z: y + 1}.z", "3"),
        ('{"a b": 1, c: a b}.c', "1"),
        ("{a: 1}.a", "1"),
        ("{}", "{}"),
        ("{foo+bar: 1}.foo+bar", "1"),
        ("[{my-key: 1}][my-key = 1].my-key", "[1]"),
        ("1(2)", N),
        ("unknown(2)", N),
        ("{min: 5, r: min(1, 2)}.r", "1"),
        ('(function(x) external {java: {class: "X"}})', N),
        ("{isPositive : function(x) x > 0, isNotNegative : function(x) isPositive(x+ 1), result: isNotNegative(0)}.result", T),
    ],
)  # fmt: skip
def test_functions_and_contexts(assert_same, text, expected):
    assert_same(text, expected)


class TestAllDigitsCount:
    """No operation falls back to the 28 digits that Python counts with by itself."""

    LONG = "1.234567890123456789012345678901234"

    @pytest.mark.parametrize(
        "text",
        [f"-(-({LONG}))", f"abs(-{LONG})", f"-({LONG} * -1)"],
    )
    def test_a_sign_takes_no_digits(self, text, value_of):
        assert str(value_of(text)) == self.LONG

    def test_a_long_number_is_odd_by_its_last_digit(self, value_of):
        assert value_of("odd(1234567890123456789012345678901233)") is True

    def test_zero_has_no_negative_power(self, value_of):
        assert value_of("0 ** -1") is None
