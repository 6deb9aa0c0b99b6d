"""The number format of the forward pass."""

import pytest

torch = pytest.importorskip("torch")

from training.precision import half_precision  # noqa: E402

pytestmark = pytest.mark.training


@pytest.mark.parametrize(("wanted", "dtype"), [(None, torch.float32), (False, torch.float32), (True, torch.bfloat16)])
def test_on_the_cpu_convolutions_run_in_bfloat16_where_that_is_wanted(wanted, dtype):
    with half_precision("cpu", wanted):
        assert torch.nn.Conv2d(3, 4, 3)(torch.zeros(1, 3, 8, 8)).dtype == dtype
