"""The number format of the forward pass."""

import pytest

torch = pytest.importorskip("torch")

from training.precision import half_precision, keep_grouped_single  # noqa: E402

pytestmark = pytest.mark.training


@pytest.mark.parametrize(("wanted", "dtype"), [(None, torch.float32), (False, torch.float32), (True, torch.bfloat16)])
def test_on_the_cpu_convolutions_run_in_bfloat16_where_that_is_wanted(wanted, dtype):
    with half_precision("cpu", wanted):
        assert torch.nn.Conv2d(3, 4, 3)(torch.zeros(1, 3, 8, 8)).dtype == dtype


def test_grouped_convolutions_stay_in_single_precision_under_the_names_of_their_weights():
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Sequential(torch.nn.Conv2d(4, 8, 3, groups=4)))
    images, before = torch.randn(2, 3, 8, 8), network.state_dict()
    expected = network(images)
    keep_grouped_single(network, "cuda")
    assert type(network[1][0]) is torch.nn.Conv2d
    keep_grouped_single(network, "cpu")
    assert network.state_dict().keys() == before.keys()
    torch.testing.assert_close(network(images), expected)
    with half_precision("cpu", wanted=True):
        assert network[0](images).dtype == torch.bfloat16
        assert network(images).dtype == torch.float32
