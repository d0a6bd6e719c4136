import DataChecks
import Domain
import Foundation
import Testing

struct SchemaReaderTests {
    @Test func `JSON and YAML of the same schema are equal`() throws {
        let yaml =
            "fields:\n  - name: a\n    type: integer\n    title: An a\n    constraints: { required: true, enum: [1, 2] }\n"
        let json =
            #"{"$schema": "x", "fields": [{"name": "a", "type": "integer", "format": "default", "constraints": {"required": true, "enum": [1, 2]}}]}"#

        let left = try TableSchema.read(Data(yaml.utf8), file: "s.yaml")
        let right = try TableSchema.read(Data(json.utf8), file: "s.json")

        #expect(left == right)
    }

    @Test(arguments: [
        ("", "s.yaml: the schema is empty"), ("[1]", "s.yaml:1:1: a schema is a mapping"),
        ("title: x", "s.yaml:1:1: the schema has no 'fields'"), ("fields: []", "'fields' is a list of at least one"),
        ("fields: [{ type: string }]", "s.yaml:1:10: the field has no 'name'"),
        ("fields: [{ name: a, typ: string }]", "unknown property of a field 'typ'; did you mean 'type'?"),
        ("fields: [{ name: a, type: intger }]", "unknown type 'intger'; did you mean 'integer'?"),
        ("fields: [{ name: a, type: geopoint }]", "the type 'geopoint' is not tested in this version"),
        ("fields: [{ name: a, format: email }]", "a 'format' other than default is not tested"),
        ("fields: [{ name: a, trueValues: [yes] }]", "'trueValues' is not tested in this version"),
        ("fields: [{ name: a, constraints: { unique: true } }]", "1:36: 'unique' is not tested in this version"),
        ("fields: [{ name: a, constraints: { pattern: x } }]", "'pattern' is not tested in this version"),
        ("fields: [{ name: a, constraints: { maxLength: 3 } }]", "'maxLength' is not tested in this version"),
        ("fields: [{ name: a, constraints: { minimun: 3 } }]", "unknown constraint 'minimun'; did you mean 'minimum'?"),
        ("fields: [{ name: a, constraints: { required: yes } }]", "'required' is true or false"),
        (
            "fields: [{ name: a, type: string, constraints: { minimum: 1 } }]",
            "'minimum' has no meaning for the type string"
        ),
        (
            "fields: [{ name: a, type: integer, constraints: { minimum: 1.5 } }]",
            "'1.5' in 'minimum' is not of type integer"
        ),
        (
            "fields: [{ name: a, type: date, constraints: { maximum: 2026-02-30 } }]",
            "'2026-02-30' in 'maximum' is not of type"
        ),
        ("fields: [{ name: a, type: number, constraints: { enum: [1, x] } }]", "'x' in 'enum' is not of type number"),
        ("fields: [{ name: a, type: number, constraints: { enum: 1 } }]", "'enum' is a list"),
        ("fields: [{ name: a }, { name: a }]", "the field 'a' is there twice"),
        ("fields: [{ name: \"a\\nb\" }]", "holds control characters"),
        ("fields: [{ name: a }]\nprimaryKey: a", "s.yaml:2:1: 'primaryKey' is not tested in this version"),
        ("fields: [{ name: a }]\nforeignKeys: []", "'foreignKeys' is not tested in this version"),
        ("fields: [{ name: a }]\nfieldsMatch: partial", "'fieldsMatch: partial' is not tested in this version"),
        ("fields: [{ name: a }]\nfieldsMatch: exakt", "did you mean 'exact'?"),
        ("fields: [{ name: a }]\nmissingValues: ['a,b']", "a missing value cannot hold a comma"),
    ])
    func `what is wrong or not tested is a complaint with its place`(text: String, expected: String) {
        let complaints = #expect(throws: Complaints.self) {
            try TableSchema.read(Data(text.utf8), file: "s.yaml")
        }

        #expect(complaints?.description.contains(expected) == true, "\(complaints?.description ?? "none")")
    }

    @Test func `all complaints come at once`() {
        let text = "fields: [{ name: a, typ: x }, { name: b, constraints: { unique: true, foo: 1 } }]\nprimaryKey: a"

        let complaints = #expect(throws: Complaints.self) { try TableSchema.read(Data(text.utf8), file: "s.yaml") }

        #expect(complaints?.all.count == 4)
    }
}
