"""Every metric that an alert or docs/deployment.md names is one that the server really shows.

Goal: no alert that can never fire, because a name or label was changed. Method: the names and label
values in packaging/prometheus/alerts.yml, looked up in /metrics of a running server.
"""
import re
import unittest

import support
from stack import http_request

ALERTS = support.PROJECT / "packaging/prometheus/alerts.yml"
DEPLOYMENT = support.PROJECT / "docs/deployment.md"
METRIC = re.compile(r"\b(wapi_[a-z_]+)(?:\{([^}]*)\})?")


def named_in(text):
    """Metrics as (name, labels) that a text uses; comments and annotations hold none."""
    return {(name, labels or "") for name, labels in METRIC.findall(text)}


def missing(named, shown):
    """Those that the text form of a server's metrics does not have."""
    lines = {line.rsplit(" ", 1)[0] for line in shown.splitlines() if not line.startswith("#")}
    names = {line.split("{")[0] for line in lines}
    return sorted(name + labels for name, labels in named
                  if (f"{name}{{{labels}}}" not in lines if labels else name not in names))


class Alerts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        port = support.server("sqlite").stack.wapi.port
        cls.shown = http_request(port, "GET", "/metrics")[2].decode()

    def test_every_metric_of_an_alert_is_shown(self):
        named = named_in("\n".join(re.findall(r"expr: (?:>-\n)?((?:.+\n)(?: {10}.+\n)*)",
                                              ALERTS.read_text())))
        self.assertGreater(len(named), 8)
        self.assertEqual(missing(named, self.shown), [])

    def test_every_metric_of_the_deployment_page_is_shown(self):
        named = named_in(DEPLOYMENT.read_text())
        self.assertGreater(len(named), 8)
        self.assertEqual(missing(named, self.shown), [])

    def test_every_alert_is_explained(self):
        page = DEPLOYMENT.read_text()
        alerts = re.findall(r"alert: (\w+)", ALERTS.read_text())
        self.assertGreater(len(alerts), 5)
        self.assertEqual([name for name in alerts if f"`{name}`" not in page], [])

    def test_a_metric_that_is_not_there_is_found(self):
        named = named_in('increase(wapi_no_such_total{a="b"}[5m]) > wapi_http_requests_total '
                         'or wapi_webhooks_rejected_total{reason="no_such"}')
        self.assertEqual(missing(named, self.shown),
                         ['wapi_no_such_totala="b"',
                          'wapi_webhooks_rejected_totalreason="no_such"'])


if __name__ == "__main__":
    unittest.main()
