"""The pages, a blueprint each."""

from web.pages import history, live, people, photo, sightings, unknowns, visits

BLUEPRINTS = (
    live.blueprint,
    photo.blueprint,
    people.blueprint,
    unknowns.blueprint,
    visits.blueprint,
    sightings.blueprint,
    history.blueprint,
)
MENU = (
    ("live.index", "Live"),
    ("photo.index", "Photo"),
    ("people.index", "People"),
    ("unknowns.index", "Unknowns"),
    ("visits.index", "Today"),
    ("sightings.index", "Sightings"),
    ("history.index", "History"),
)
