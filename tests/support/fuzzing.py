"""How much is tried: a small sample in `make test`, all of it in `make fuzz` (SALDO_FAULT_ROUNDS as for faults)."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

from tests.faults import ROUNDS, WHOLE

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]


def tried(sample: int, whole: int, **more: object) -> settings:
    """Settings of Hypothesis: ``sample`` examples by default, the same ones each time; up to ``whole`` new ones."""
    number = max(sample, whole * ROUNDS // WHOLE)
    options: dict[str, object] = {
        "max_examples": number,
        "deadline": None,
        "database": None,
        "derandomize": not ROUNDS,
        "suppress_health_check": [*SLOW, HealthCheck.function_scoped_fixture],
        "phases": [Phase.explicit, Phase.generate, Phase.shrink] if ROUNDS else [Phase.explicit, Phase.generate],
    }
    return settings(**{**options, **more})  # type: ignore[arg-type]
