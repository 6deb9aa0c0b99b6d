"""The commands of tools: what doctor finds."""

import json


def test_doctor_tells_what_is_wrong(db, doorman, tmp_path):
    status, out, _ = doorman("doctor", "--json", "--db", str(tmp_path))
    assert status == 1
    findings = {finding["subject"]: finding for finding in json.loads(out)}
    assert findings["database"]["problem"]
    assert findings["disk"]["state"]
