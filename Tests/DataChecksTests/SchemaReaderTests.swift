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
        ("fields: [{ name: a, format: email }]", "a 'format' of the type any is not tested"),
        ("fields: [{ name: a, type: string, format: emial }]", "did you mean 'email'?"),
        ("fields: [{ name: a, type: date, format: any }]", "the format 'any' of a date is not tested"),
        ("fields: [{ name: a, type: date, format: \"%d.%Q\" }]", "use default, or a text with the directives %Y"),
        ("fields: [{ name: a, trueValues: [yes] }]", "'trueValues' is for the type boolean"),
        ("fields: [{ name: a, bareNumber: false }]", "'bareNumber' is not tested in this version"),
        ("fields: [{ name: a, type: number, decimalChar: \",\", groupChar: \",\" }]", "are the same"),
        ("fields: [{ name: a, sensitive: 1 }]", "'sensitive' is true or false"),
        ("fields: [{ name: a, constraints: { unique: 1 } }]", "'unique' is true or false"),
        ("fields: [{ name: a, constraints: { exclusiveMinimum: 1 } }]", "1:36: 'exclusiveMinimum' is not tested"),
        ("fields: [{ name: a, constraints: { pattern: \"a\\tb\" } }]", "without control characters"),
        ("fields: [{ name: a, type: integer, constraints: { maxLength: 3 } }]", "no meaning for the type integer"),
        ("fields: [{ name: a, constraints: { minLength: -1 } }]", "a whole number of at least 0"),
        (
            "fields: [{ name: a, type: date, format: \"%d/%m/%Y\", constraints: { minimum: 31/02/2020 } }]",
            "'31/02/2020' in 'minimum' is not of type date"
        ),
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
        ("fields: [{ name: a }]\nprimaryKey: b", "'primaryKey' names 'b', which is no field"),
        ("fields: [{ name: a }]\nuniqueKeys: []", "'uniqueKeys' is not tested in this version"),
        ("fields: [{ name: a }]\nfieldsMatch: partial", "'fieldsMatch: partial' is not tested in this version"),
        ("fields: [{ name: a }]\nfieldsMatch: exakt", "did you mean 'exact'?"),
        ("fields: [{ name: a }]\nmissingValues: ['a,b']", "a missing value cannot hold a delimiter"),
    ])
    func `what is wrong or not tested is a complaint with its place`(text: String, expected: String) {
        let complaints = #expect(throws: Complaints.self) {
            try TableSchema.read(Data(text.utf8), file: "s.yaml")
        }

        #expect(complaints?.description.contains(expected) == true, "\(complaints?.description ?? "none")")
    }

    @Test func `all complaints come at once`() {
        let text =
            "fields: [{ name: a, typ: x }, { name: b, constraints: { exclusiveMaximum: 1, foo: 1 } }]\nuniqueKeys: []"

        let complaints = #expect(throws: Complaints.self) { try TableSchema.read(Data(text.utf8), file: "s.yaml") }

        #expect(complaints?.all.count == 4)
    }
}
