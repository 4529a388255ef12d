# Make a fresh .venv with the Python given, or with the first suitable one found if that is empty.
#
#     sh tools/make_venv.sh PYTHON
set -eu

# Prints the interpreter itself: one found in an active environment would be erased together with it.
suitable='
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("is Python %d.%d" % sys.version_info[:2])
try:
    import ensurepip, venv
except ImportError:
    sys.exit("lacks venv (on Debian and Ubuntu: apt install python3-venv)")
import platform
if (platform.system(), platform.machine()) == ("Darwin", "x86_64"):
    sys.exit("is for Intel Macs, for which onnxruntime and cryptography are no longer published")
print(sys._base_executable)
'

if [ -z "$1" ]; then
    set -- python3 python3.13 python3.12 python3.11
fi
complaint=
for candidate in "$@"; do
    if ! command -v "$candidate" >/dev/null; then
        found="is not here"
    elif found=$("$candidate" -c "$suitable" 2>&1); then
        echo "Making .venv with $("$found" --version), $found"
        exec "$found" -m venv --clear .venv
    fi
    complaint=${complaint:-"$candidate $(printf '%s\n' "$found" | tail -n 1)"}
done
echo "Bonafide needs Python 3.11, 3.12 or 3.13, but $complaint. Name one: make PYTHON=/path/to/python3 ..." >&2
exit 1
