"""Runs that are interrupted and go on."""

import pytest

torch = pytest.importorskip("torch")
from training import checkpoint  # noqa: E402
from training.errors import TrainingError  # noqa: E402

pytestmark = pytest.mark.training


def test_a_run_without_a_checkpoint_begins_at_the_first_step(tmp_path):
    assert checkpoint.resume(tmp_path / "last.pt", {"net": torch.nn.Linear(2, 2)}) == 0


def test_a_run_goes_on_with_the_state_of_all_its_parts(tmp_path):
    before, after = ({"net": torch.nn.Linear(2, 2), "head": torch.nn.Linear(2, 1)} for _ in range(2))
    checkpoint.keep(tmp_path / "last.pt", before, 7, figures={"loss": 0.5})
    assert checkpoint.resume(tmp_path / "last.pt", after) == 7
    for name, part in before.items():
        assert torch.equal(part.weight, after[name].weight)
    assert checkpoint.load(tmp_path / "last.pt")["figures"] == {"loss": 0.5}


def test_weights_that_are_no_numbers_are_not_kept_and_those_of_before_are(tmp_path):
    net = torch.nn.Linear(2, 2)
    checkpoint.keep(tmp_path / "last.pt", {"net": net}, 7)
    net.weight.data[0, 0] = torch.nan
    with pytest.raises(TrainingError, match=r"step 8 .*smaller learning rate"):
        checkpoint.keep(tmp_path / "last.pt", {"net": net}, 8)
    assert checkpoint.load(tmp_path / "last.pt")["step"] == 7


@pytest.mark.parametrize("parts", [{"net": torch.nn.Linear(2, 3)}, {"network": torch.nn.Linear(2, 2)}])
def test_a_run_with_other_parts_does_not_go_on(tmp_path, parts):
    checkpoint.keep(tmp_path / "last.pt", {"net": torch.nn.Linear(2, 2)}, 7)
    with pytest.raises(TrainingError, match=r"another run .*--out"):
        checkpoint.resume(tmp_path / "last.pt", parts)


def test_nor_does_one_that_learns_to_tell_other_people_apart(tmp_path):
    parts = {"net": torch.nn.Linear(2, 2)}
    checkpoint.keep(tmp_path / "last.pt", parts, 7, people=torch.tensor([3, 5]))
    assert checkpoint.resume(tmp_path / "last.pt", parts, people=torch.tensor([3, 5])) == 7
    with pytest.raises(TrainingError, match="other people"):
        checkpoint.resume(tmp_path / "last.pt", parts, people=torch.tensor([3, 6]))


def test_what_is_no_checkpoint_is_said_to_be_none(tmp_path):
    (tmp_path / "last.pt").write_text("cut off")
    with pytest.raises(TrainingError, match="not a checkpoint"):
        checkpoint.resume(tmp_path / "last.pt", {})


def test_there_has_to_be_a_checkpoint_to_load(tmp_path):
    with pytest.raises(TrainingError, match="There is no checkpoint"):
        checkpoint.load(tmp_path / "none.pt")
