"""MiniStack on two ports of loopback: https for AWS's clients, as on AWS, and http for the API's callers.

.ci/stack.py runs it with the Python of MiniStack's virtual environment. MiniStack itself has one port:
http, where policies that require TLS refuse everything, or https with a certificate that every caller
of the API would have to trust.
"""

import asyncio
import logging
import os
import sys

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
from ministack.core import iam_actions, tls
from ministack.services.cloudformation import provisioners

# On AWS the right to send includes batches; there is no action for a batch.
# <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html>
BATCHES = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}
extract_action = iam_actions.extract_iam_action


def action(*request):
    name = extract_action(*request)
    return BATCHES.get(name, name)


iam_actions.extract_iam_action = action

alarm_record = provisioners._cw_metric_alarm_record


def first_metric(name, properties):
    """Stores an alarm with a calculation as an alarm on its first metric. MiniStack has no calculations."""
    metrics = [one["MetricStat"] for one in properties.get("Metrics") or [] if "MetricStat" in one]
    if metrics:
        first = metrics[0]
        properties = properties | first["Metric"] | {"Period": first["Period"], "Statistic": first["Stat"]}
        del properties["Metrics"]
    return alarm_record(name, properties)


provisioners._cw_metric_alarm_record = first_metric

_, callers_port = sys.argv
# Without the health checks, which come every 100 ms during the start.
logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
config = Config()
config.bind = [f"127.0.0.1:{os.environ['GATEWAY_PORT']}"]
config.insecure_bind = [f"127.0.0.1:{callers_port}"]
config.certfile, config.keyfile = tls.resolve_tls_material()
config.keep_alive_timeout = 75
# Functions inherit this environment, and trust this certificate.
os.environ["SSL_CERT_FILE"] = config.certfile
asyncio.run(serve(app, config))
