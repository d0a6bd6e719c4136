import Documents
import Domain
import Foundation
import Policies
import Testing

struct SchemaTests {
    private func accepts(_ text: String) throws -> Bool {
        let schema = try JSONDecoder().decode(JSONValue.self, from: Data(PolicyFile.jsonSchema.utf8))
        let value = (try? Document(Data(text.utf8), file: "sluice.yaml").root?.json) ?? .null
        return try SchemaCheck.accepts(value, schema)
    }

    @Test(arguments: [
        fullPolicy, gatesPolicy, smallPolicy, smallPolicy + "gates: []\ntests: {}\ntriggers: {}\n",
        smallPolicy + "limits: {time: 1.5h, memory: 3MiB, disk: 10 kB}\n",
        smallPolicy + "environment: {python: '3.11.7', lock: sub/uv.lock}\n",
        smallPolicy + "tests: {unit: [a, b], x.y: \"a\\nb\"}\n",
        smallPolicy + "approval: {required: 0, by: [Ada Lovelace, bob@example.com]}\n",
    ])
    func `what the reader accepts, the schema accepts`(text: String) throws {
        #expect(complaints(text) == [])
        #expect(try accepts(text))
    }

    @Test(
        arguments: badPolicies.filter {
            $0.sight == .shape
        })
    func `what is wrong in shape, the schema refuses too`(policy: BadPolicy) throws {
        #expect(try !accepts(policy.text))
    }

    @Test(
        arguments: badPolicies.filter {
            $0.sight == .meaning
        })
    func `what is wrong in meaning only, the schema lets through`(policy: BadPolicy) throws {
        #expect(try accepts(policy.text))
    }

    @Test func `with blocks a section may lack what they bring, and null takes their values away`() throws {
        let parts = "evaluate: {predictions: p.csv}\ntests: {time_split: ~}\nlimits: {memory: ~}\n"
        let rules = "datasets: {d: {leakage: {maxAbsCorrelation: 0.9}}}\n"
        #expect(try accepts(smallPolicy + "use: [ranking]\n" + parts + rules))
        #expect(try accepts(smallPolicy + "use: {block: fairness, with: {group: sex, max_gap: ~, list: [1]}}\n"))
        for part in parts.split(separator: "\n") + [rules.dropLast()] {
            #expect(try !accepts(smallPolicy + part + "\n"), "\(part)")
        }
        for wrong in ["limits: {tim: 1h}", "gates: [{metric: auc}]", "limits: {time: 1}", "use: {blok: a}"] {
            #expect(try !accepts(smallPolicy + "use: [ranking]\n" + wrong + "\n"), "\(wrong)")
        }
        #expect(try !accepts("version: 1\nmodel: m\nuse: ranking\n"), "no block brings 'train'")
    }

    @Test func `keys of later versions are in the schema with the reason why they are refused`() throws {
        let schema = try JSONDecoder().decode(JSONValue.self, from: Data(PolicyFile.jsonSchema.utf8))
        var later: [String: JSONValue] = [:]
        func collect(_ schema: JSONValue) {
            switch schema {
            case .object(let members):
                if case .object(let properties)? = members["properties"] {
                    for (name, property) in properties where property["not"] == .object([:]) { later[name] = property }
                }
                for member in members.values { collect(member) }
            case .array(let items): for item in items { collect(item) }
            case .null, .bool, .integer, .number, .string: break
            }
        }
        collect(schema)
        #expect(later.keys.sorted() == ["repository", "revision"])
        #expect(
            later["revision"]?["description"]?.text
                == "Not in this version: A tag or a commit of that repository. It takes a block from another repository, "
                + "which cannot be done yet; copy the file into this repository.")
    }

    @Test func `every key is described and nothing unknown is let through`() throws {
        var objects = 0
        func walk(_ schema: JSONValue, _ path: String) {
            guard case .object(let members) = schema else { return }
            if case .object(let properties)? = members["properties"] {
                objects += 1
                #expect(members["additionalProperties"] == .bool(false), "\(path)")
                for (name, property) in properties {
                    #expect(property["description"]?.text?.isEmpty == false, "\(path).\(name)")
                    walk(property, "\(path).\(name)")
                }
            }
            for (name, member) in members where ["items", "additionalProperties"].contains(name) { walk(member, path) }
        }
        walk(try JSONDecoder().decode(JSONValue.self, from: Data(PolicyFile.jsonSchema.utf8)), "")
        #expect(objects == 27)
    }

    @Test func `the schema and the reference are the same every time, and the reference names every key`() {
        #expect(PolicyFile.jsonSchema == PolicyFile.jsonSchema)
        #expect(PolicyFile.reference == PolicyFile.reference)
        for key in [
            "`max_rise`", "`not_by_author`", "`tolerance`", "`triggers.push`", "`chi2_p`",
            "`max_gap`", "`overlays.NAME`", "`report.sections[]`",
        ] {
            #expect(PolicyFile.reference.contains(key))
        }
    }
}
