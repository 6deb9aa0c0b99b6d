"""What many need is computed from what one costs."""

from tests.bench.capacity import Costs, for_cameras, for_faces

COSTS = Costs(
    camera_ms=400,
    camera_mb=50,
    process_mb=550,
    sighting_bytes=5_000,
    sample_bytes=6_000,
    indexed_bytes=2_000,
    held_bytes=1_600,
    loaded_us=20,
    search_ms=16,
)


def test_cameras_need_cores_memory_and_room():
    row = for_cameras(COSTS, 1_000, sightings=864, each=4)
    assert (row["cores"], row["memory, GB"]) == (400, 50 + 250 * 0.5)
    assert (row["sightings a second"], row["PostgreSQL grows a day, GB"]) == (10, 4.32)


def test_faces_need_as_many_shards_as_hold_them_and_each_searches_its_own():
    one, many = for_faces(COSTS, 1, room=32), for_faces(COSTS, 100, room=32)
    assert (one["shards"], one["a search, ms on one core of each"]) == (1, 16)
    assert (many["held in memory, GB"], many["shards"], many["a search, ms on one core of each"]) == (160, 5, 320)
    assert (many["PostgreSQL, GB"], many["and its index, GB"], many["loaded by each in, CPU s"]) == (600, 200, 400)
