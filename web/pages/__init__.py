"""The pages, a blueprint each."""

from web.pages import (
    adding,
    cameras,
    discovery,
    history,
    hygiene,
    live,
    people,
    photo,
    settings,
    sightings,
    threshold,
    unknowns,
    visits,
)

BLUEPRINTS = (
    live.blueprint,
    photo.blueprint,
    people.blueprint,
    hygiene.blueprint,
    unknowns.blueprint,
    visits.blueprint,
    sightings.blueprint,
    history.blueprint,
    cameras.blueprint,
    adding.blueprint,
    discovery.blueprint,
    settings.blueprint,
    threshold.blueprint,
)
MENU = (
    ("live.index", "Live"),
    ("photo.index", "Photo"),
    ("people.index", "People"),
    ("unknowns.index", "Unknowns"),
    ("visits.index", "Today"),
    ("sightings.index", "Sightings"),
    ("history.index", "History"),
    ("cameras.index", "Cameras"),
    ("settings.index", "Settings"),
)
