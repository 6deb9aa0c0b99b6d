"""Each loss against numbers computed by hand, and the mistakes that the original made in its losses."""

import math

import pytest

torch = pytest.importorskip("torch")
from training.embedder.losses import ArcFace, BatchHardTriplet, CosFace, CosineHead, distillation  # noqa: E402

pytestmark = pytest.mark.training


def at(*degrees):
    """Unit vectors in the plane."""
    angles = torch.tensor(degrees, dtype=torch.float32).deg2rad()
    return torch.stack([angles.cos(), angles.sin()], 1)


def with_classes(head, *degrees):
    head.weight.data = at(*degrees)
    return head


def softmax_loss(own, *others):
    return -math.log(math.exp(own) / (math.exp(own) + sum(map(math.exp, others))))


def test_cross_entropy_is_that_of_the_scaled_cosines():
    head = with_classes(CosineHead(2, 2, scale=4.0), 0, 90)
    loss = head(at(60), torch.tensor([0]))  # cosines .5 and sqrt(3)/2
    assert loss.item() == pytest.approx(softmax_loss(4 * 0.5, 4 * math.sqrt(3) / 2), abs=1e-5)


def test_cross_entropy_has_no_margin():
    head = CosineHead(3, 2, margin=0.0)
    before = head(at(10, 50), torch.tensor([0, 2])).item()
    head.margin = 0.5
    assert head(at(10, 50), torch.tensor([0, 2])).item() == before


def test_the_length_of_an_embedding_does_not_matter():
    head = with_classes(ArcFace(2, 2, margin=0.3), 0, 90)
    labels = torch.tensor([0])
    assert head(5 * at(20), labels).item() == pytest.approx(head(at(20), labels).item(), abs=1e-5)


def test_arcface_widens_the_own_angle():
    head = with_classes(ArcFace(2, 2, scale=4.0, margin=math.radians(30)), 0, 90)
    loss = head(at(30), torch.tensor([0]))  # 30 degrees become 60; the other class stays at 60
    assert loss.item() == pytest.approx(softmax_loss(4 * 0.5, 4 * 0.5), abs=1e-5)


def test_arcface_adds_the_margin_to_each_rows_own_class_only():
    # The original scattered all labels of the batch into one row, so every row got every label's margin.
    head = with_classes(ArcFace(3, 2, scale=4.0, margin=math.radians(30)), 0, 90, 180)
    batch = head(at(30, 80, 150), torch.tensor([0, 1, 2]))
    alone = [head(at(angle), torch.tensor([label])) for angle, label in ((30, 0), (80, 1), (150, 2))]
    assert batch.item() == pytest.approx(torch.stack(alone).mean().item(), abs=1e-5)
    by_hand = [
        softmax_loss(*(4 * math.cos(math.radians(a)) for a in angles))
        for angles in ((60, 60, 150), (40, 80, 100), (60, 60, 150))
    ]
    assert batch.item() == pytest.approx(sum(by_hand) / 3, abs=1e-5)


@pytest.mark.parametrize("head", [CosineHead, ArcFace, CosFace])
@pytest.mark.parametrize("degrees", [100.0, 135.0, 170.0])
def test_obtuse_angles_still_pull(head, degrees):
    # The original clamped cosines to (0, 1), which gave faces on the wrong side no gradient.
    angle = torch.tensor([math.radians(degrees)], requires_grad=True)
    embedding = torch.stack([angle.cos(), angle.sin(), torch.zeros(1)], 1)
    criterion = head(2, 3, margin=0.3)
    criterion.weight.data = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])  # the other class stays at a right angle
    criterion(embedding, torch.tensor([0])).backward()
    assert angle.grad.item() > 0.1


def test_arcface_never_rewards_a_larger_angle():
    head = with_classes(ArcFace(2, 2, margin=0.5), 0, 90)
    cosines = torch.cos(torch.linspace(0.01, math.pi - 0.01, 200))[:, None]
    assert (head.with_margin(cosines).diff(dim=0) < 0).all()


def test_arcface_has_a_finite_gradient_at_angle_zero():
    embedding = torch.tensor([[1.0, 0.0]], requires_grad=True)
    with_classes(ArcFace(2, 2, margin=0.5), 0, 90)(embedding, torch.tensor([0])).backward()
    assert torch.isfinite(embedding.grad).all()


def test_cosface_lowers_the_own_cosine():
    head = with_classes(CosFace(2, 2, scale=4.0, margin=0.2), 0, 90)
    assert head(at(60), torch.tensor([0])).item() == pytest.approx(
        softmax_loss(4 * 0.3, 4 * math.sqrt(3) / 2), abs=1e-5
    )


def chord(degrees):
    return 2 * math.sin(math.radians(degrees) / 2)


def test_triplets_take_the_farthest_positive_and_the_nearest_negative():
    # The original drew its triplets at random.
    embeddings, labels = at(0, 20, 60, 90), torch.tensor([0, 0, 0, 1])
    by_hand = [
        chord(60) - chord(90) + 0.5,
        chord(40) - chord(70) + 0.5,
        chord(60) - chord(30) + 0.5,
    ]  # the anchor at 90 has no positive
    assert BatchHardTriplet(margin=0.5)(embeddings, labels).item() == pytest.approx(sum(by_hand) / 3, abs=1e-4)


def test_triplets_parted_by_the_margin_cost_nothing():
    assert BatchHardTriplet(margin=0.3)(at(0, 5, 90, 95), torch.tensor([0, 0, 1, 1])).item() == 0


@pytest.mark.parametrize("labels", [[0, 0, 0], [0, 1, 2]])
def test_a_batch_without_triplets_gives_zero_and_a_gradient(labels):
    embeddings = at(0, 10, 20).requires_grad_()
    loss = BatchHardTriplet()(embeddings, torch.tensor(labels))
    loss.backward()
    assert loss.item() == 0
    assert embeddings.grad.abs().sum() == 0


def test_identical_pictures_do_not_break_the_triplets():
    embeddings = at(0, 0, 10, 10).requires_grad_()
    BatchHardTriplet()(embeddings, torch.tensor([0, 0, 1, 1])).backward()
    assert torch.isfinite(embeddings.grad).all()


def test_distillation_is_one_minus_the_cosine():
    assert distillation(at(0, 90), at(60, 90)).item() == pytest.approx((0.5 + 0) / 2, abs=1e-6)
