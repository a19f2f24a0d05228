from shuzhi.support.archive.services.filing import check_record, file_case, install_kind, note_closed
from shuzhi.support.archive.services.keeping import destroy, propose_destruction, read_package, sweep

__all__ = [
    "check_record", "destroy", "file_case", "install_kind", "note_closed", "propose_destruction", "read_package",
    "sweep",
]  # fmt: skip
