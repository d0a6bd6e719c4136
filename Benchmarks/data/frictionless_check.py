"""The schema's tests by frictionless, in whose words the schema is. Prints the columns that break a rule.

    frictionless_check.py FILE SCHEMA
"""

import json
import os
import sys

import frictionless

file, schema = sys.argv[1:]
# It refuses paths that lead out of its folder.
os.chdir(os.path.dirname(file))
described = json.load(open(schema))
report = frictionless.Resource(path=os.path.basename(file), schema=frictionless.Schema.from_descriptor(described)).validate()
broken = set()
for error in report.flatten(["type", "fieldName", "note"]):
    broken.add(error[1] or (described["primaryKey"] if error[0] == "primary-key" else error[0]))
print(json.dumps({"columns": sorted(broken)}))
