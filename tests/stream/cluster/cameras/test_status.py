"""What is told of cameras by what the processes that watch them have told."""

from dataclasses import replace
from datetime import timedelta

from stream.cluster.cameras.metrics import ClusterMetrics
from stream.cluster.cameras.status import Board, WorkerStatus, clock_trouble, summary
from stream.monitoring.status import REMINDER
from stream.sources.cameras.state import State
from tests.stream.cluster.cameras.statuses import DOOR, NOON

GARDEN = replace(DOOR, name="garden", state=State.RECONNECTING, problem="The garden is lost.", well=False, fps=0.0)
HALL = replace(DOOR, name="hall")
HERE = WorkerStatus("shop-1", NOON, (DOOR, GARDEN))


def two() -> Board:
    return Board([("door", "garden"), ("hall",)], 0.0)


def test_all_cameras_are_told_of_in_their_order_also_before_anything_is_heard():
    board = two()
    assert [(one.status.name, one.status.state, one.machine) for one in board.cameras(1.0)] == [
        ("door", "connecting", None),
        ("garden", "connecting", None),
        ("hall", "connecting", None),
    ]
    board.hear(0, HERE, 1.0)
    door, garden, hall = board.cameras(1.5)
    assert (door.status, garden.status) == (replace(DOOR, age=0.6), replace(GARDEN, age=0.6)), "half a second later"
    assert (door.machine, hall.machine) == ("shop-1", None)


def test_a_camera_of_whose_process_nothing_is_heard_is_not_well():
    board = two()
    board.hear(0, HERE, 1.0)
    door, _, hall = board.cameras(9.0)
    assert (door.status.well, door.status.state, door.status.faces, door.status.names) == (False, "reconnecting", 0, ())
    assert "nothing is heard from shop-1" in door.status.problem
    assert "no machine has taken it so far" in hall.status.problem
    assert board.is_heard(0, 9.0) and not board.is_heard(0, 12.0) and not board.is_heard(1, 9.0)
    board.hear(0, HERE, 10.0)
    assert board.is_heard(0, 10.0)
    assert board.cameras(10.0)[0].status.well


def test_what_a_process_cannot_do_is_its_cameras_problem():
    board = two()
    board.hear(0, replace(HERE, problem="The server is away."), 1.0)
    board.failed(1, "The machine shop-2 has another version.")
    assert [one.status.problem for one in board.cameras(1.0)] == [
        "The server is away.",
        "The server is away.",
        "The machine shop-2 has another version.",
    ]


def test_news_are_told_once():
    board = two()
    assert list(board.news(0.0)) == []
    board.hear(0, HERE, 1.0)
    assert list(board.news(1.0)) == ["door: watched by shop-1.", "garden: The garden is lost."]
    board.hear(0, replace(HERE, cameras=(replace(DOOR, state=State.STILL, fps=3.0), GARDEN)), 2.0)
    assert list(board.news(2.0)) == [], "a picture that is still is watched, too"
    assert [sentence.partition(":")[0] for sentence in board.news(9.0)] == ["door", "hall"], (
        "the garden was lost before"
    )
    board.hear(0, replace(HERE, machine="shop-2"), 10.0)
    assert next(board.news(10.0)) == "door: watched by shop-2."


def test_a_camera_that_is_searched_too_seldom_is_told_of_now_and_then_not_each_time_that_it_is_so():
    board = two()
    slow = [replace(one, problem=f"{one.name} is slow.", seldom=f"{one.name} is slow.") for one in (DOOR, HALL)]
    told = []
    for t in range(8):
        board.hear(0, replace(HERE, cameras=(slow[0] if t % 2 else DOOR,)), t)
        board.hear(1, replace(HERE, cameras=(slow[1] if t % 2 else HALL,)), t)
        told += [sentence for sentence in board.news(t) if "garden" not in sentence]
    assert told == ["door: watched by shop-1.", "hall: watched by shop-1.", "door is slow. The same goes for 1 more."]
    later = REMINDER + 1.0
    board.hear(0, replace(HERE, cameras=(slow[0],)), later)
    assert board.cameras(later)[0].status.problem == "door is slow."
    assert "door is slow." in board.news(later)
    board.hear(0, replace(HERE, cameras=(slow[0],), problem="The server is away."), 3 * later)
    assert [sentence for sentence in board.news(3 * later) if sentence.startswith("door")] == [
        "door: The server is away."
    ], "nobody searches it"


def test_it_has_ended_when_all_cameras_have():
    board = two()
    board.hear(0, replace(HERE, ended=True), 1.0)
    assert not board.ended
    board.hear(1, replace(HERE, cameras=(), ended=True), 1.0)
    assert board.ended
    assert board.cameras(60.0)[0].status == replace(DOOR, age=59.1), "nothing more is expected of it"


def test_a_summary_counts_states_and_machines():
    board = two()
    board.hear(0, HERE, 1.0)
    assert summary(board.cameras(1.0)) == "Of all cameras 1 live, 1 reconnecting, 1 connecting; 1 by shop-1."


def test_a_clock_that_differs_is_told():
    assert clock_trouble(HERE, NOON + timedelta(seconds=1)) is None
    for differs in (7, -7):
        assert "shop-1 differ by 7 s" in clock_trouble(HERE, NOON + timedelta(seconds=differs))


def test_one_page_of_metrics_tells_of_all_cameras():
    board = two()
    board.hear(0, HERE, 1.0)
    metrics = ClusterMetrics(lambda: board.cameras(1.0))
    value = metrics.registry.get_sample_value
    assert value("doorman_frames_shown_total", {"camera": "door"}) == 250
    assert value("doorman_frames_dropped_total", {"camera": "door"}) == 7
    assert value("doorman_camera_state", {"camera": "hall", "doorman_camera_state": "connecting"}) == 1
    assert value("doorman_camera_machine_info", {"camera": "door", "machine": "shop-1"}) == 1
    well, found = metrics.health()
    assert well and found["status"] == "degraded"
    assert found["cameras"]["door"] == {"state": "live", "problem": None, "age": 0.1, "machine": "shop-1"}
