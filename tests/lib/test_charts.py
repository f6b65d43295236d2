"""The numbers of the small drawings."""

from lib.charts import Strip, strip


def test_a_strip_draws_a_bar_for_each_share_and_a_dash_where_nothing_is_known() -> None:
    assert strip([0.5, None, 0, 1, 0.001]) == Strip(
        width=50,
        known="M1 0h8v20h-8zM21 0h8v20h-8zM31 0h8v20h-8zM41 0h8v20h-8z",
        bars="M1 20v-10h8v10zM31 20v-20h8v20zM41 20v-1.5h8v1.5z",
        gaps="M11 19h8",
    )
