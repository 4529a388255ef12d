"""How things stand, for Prometheus: asked of the store, and so the same from every process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bonafide.compare import Promise
from bonafide.service.error_rates import Watched
from bonafide.service.outbox_figures import OutboxFigures


@dataclass(frozen=True, slots=True)
class Standing:
    """At one operator: how many cases wait for a person, the age of the oldest in seconds, the outbox, and
    the error rates of the last 30 days.
    """

    cases: int
    oldest_case: float
    outbox: OutboxFigures
    rates: tuple[Watched, ...]


class Gauges(Collector):
    """Of each operator by its name."""

    def __init__(self, standing: Mapping[str, Standing]) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        """As Prometheus asks."""
        yield self._one("bonafide_waiting_cases", "Cases that wait for a person.", lambda at: at.cases)
        yield self._one(
            "bonafide_oldest_waiting_case_seconds",
            "Age of the oldest case that waits.",
            lambda at: at.oldest_case,
        )
        yield self._one(
            "bonafide_waiting_messages",
            "Messages that no webhook has taken yet.",
            lambda at: at.outbox.waiting,
        )
        yield self._one(
            "bonafide_oldest_waiting_message_seconds",
            "Age of the message that waits longest.",
            lambda at: at.outbox.oldest.total_seconds(),
        )
        yield self._one(
            "bonafide_messages_given_up", "Messages that were given up.", lambda at: at.outbox.given_up
        )
        yield self._one(
            "bonafide_disabled_webhooks", "Webhooks that are sent nothing.", lambda at: at.outbox.disabled
        )
        yield from self._rates()

    def _one(self, name: str, about: str, value: Callable[[Standing], float]) -> Metric:
        gauge = GaugeMetricFamily(name, about, labels=("operator",))
        for operator, standing in self._standing.items():
            gauge.add_metric((operator,), value(standing))
        return gauge

    def _rates(self) -> Iterator[Metric]:
        labels = ("operator", "measure")
        errors = GaugeMetricFamily(
            "bonafide_watched_errors", "Errors that show in what is kept, of 30 days.", labels=labels
        )
        trials = GaugeMetricFamily("bonafide_watched_trials", "Among how many.", labels=labels)
        promised = GaugeMetricFamily(
            "bonafide_promised_rate", "The highest rate that the calibration promises.", labels=labels
        )
        state = GaugeMetricFamily(
            "bonafide_watched_state",
            "1 for how the errors stand to the promise.",
            labels=(*labels, "state"),
        )
        for operator, standing in self._standing.items():
            for watched in standing.rates:
                of = (operator, watched.measure.value)
                errors.add_metric(of, watched.total.errors)
                trials.add_metric(of, watched.total.trials)
                if watched.promised is not None:
                    promised.add_metric(of, watched.promised)
                    for each in Promise:
                        state.add_metric((*of, each.value), float(watched.state is each))
        yield from (errors, trials, promised, state)
