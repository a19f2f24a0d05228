"""One party of a direct intersection; run by the Python of SPU's own environment, so it imports nothing of ours.

    python spu_party.py JOB.json

JOB: {rank, parties: [host:port, host:port], keys, out, column, certificate?, private_key?, authority?}
"""

import json
import sys
from pathlib import Path
from typing import Any

from spu import libspu, psi


def link(job: dict[str, Any]) -> Any:
    """Connect to the other party; with certificates, both prove who they are."""
    description = libspu.link.Desc()
    for rank, address in enumerate(job["parties"]):
        description.add_party(f"party-{rank}", address)
    description.recv_timeout_ms = 120_000
    description.connect_retry_times = 120
    description.connect_retry_interval_ms = 500
    if job.get("certificate"):
        description.enable_ssl = True
        for options in (description.client_ssl_opts, description.server_ssl_opts):
            options.cert.certificate_path = job["certificate"]
            options.cert.private_key_path = job["private_key"]
            options.verify.verify_depth = 1
            options.verify.ca_file_path = job["authority"]
    return libspu.link.create_brpc(description, job["rank"])


def main() -> None:
    """Run the protocol of Raghuraman and Rindal (2022); the party of rank 0 learns the result."""
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    csv = psi.SourceType.SOURCE_TYPE_FILE_CSV
    config = psi.PsiExecuteConfig(
        protocol_conf=psi.PsiProtocolConfig(
            protocol=psi.PsiProtocol.PROTOCOL_RR22,
            receiver_rank=0,
            bucket_size=1 << 20,
            broadcast_result=False,
        ),
        input_params=psi.InputParams(csv, path=job["keys"], selected_keys=[job["column"]], keys_unique=True),
        output_params=psi.OutputParams(csv, path=job["out"], disable_alignment=True),
    )
    context = link(job)
    psi.psi_execute(config, context)
    context.stop_link()


main()
