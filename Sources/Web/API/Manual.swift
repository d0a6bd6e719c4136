import Domain
import Foundation
import HTTPTypes

/// What the OpenAPI document says about a route, and what is checked before the route answers.
struct Manual: Sendable {
    enum Group: String, Sendable, CaseIterable {
        case runs
        case events
        case projects
        case models
        case outbox
        case people
        case server
        case told
    }

    /// A parameter of the query.
    struct Parameter: Sendable {
        let name: String
        let shape: Shape
        let meaning: String
        var isRequired = false
    }

    struct Body: Sendable {
        let type: String
        let shape: Shape
        let isRequired: Bool

        static func json(_ shape: Shape, type: String = "application/json", isRequired: Bool = true) -> Body {
            Body(type: type, shape: shape, isRequired: isRequired)
        }
    }

    struct Answer: Sendable {
        let code: Int
        let meaning: String
        /// By type of content; nil shape: bytes or text.
        let content: [(type: String, shape: Shape?)]

        static func json(_ code: Int, _ meaning: String, _ shape: Shape) -> Answer {
            Answer(code: code, meaning: meaning, content: [("application/json", shape)])
        }
        static func problem(_ code: Int, _ meaning: String) -> Answer {
            Answer(code: code, meaning: meaning, content: [("application/problem+json", .ref("Problem"))])
        }
        static func other(_ code: Int, _ meaning: String, _ types: [String]) -> Answer {
            Answer(code: code, meaning: meaning, content: types.map { ($0, nil) })
        }
    }

    let name: String
    let group: Group
    let summary: String
    let query: [Parameter]
    let body: Body?
    let answers: [Answer]

    init(
        _ name: String, _ group: Group, _ summary: String, query: [Parameter] = [], body: Body?, answers: [Answer]
    ) {
        self.name = name
        self.group = group
        self.summary = summary
        self.query = query
        self.body = body
        self.answers = answers
    }

    /// What stands for a part of a path, by its name.
    static let pathShapes: [String: Shape] = [
        "run": .id, "event": .id, "post": .id, "token": .id, "promotion": .id, "project": .word(.name),
        "model": .word(.name),
        "alias": .word(.name), "forge": .word(.name), "user": .word(.person), "stage": .text(1...200),
    ]
}

extension Exchange {
    /// Checks what the manual says about the path and the query.
    func check(_ manual: Manual) throws {
        for (name, text) in parameters {
            guard (try? (Manual.pathShapes[name] ?? .any).value(of: text, name)) != nil else {
                throw Problem.notFound("there is no such \(name)")
            }
        }
        for parameter in manual.query {
            let given = query.items.filter { $0.name == parameter.name }
            guard let first = given.first else {
                if parameter.isRequired { throw Problem.invalid("'\(parameter.name)' is missing") }
                continue
            }
            guard given.count == 1 else { throw Problem.invalid("'\(parameter.name)' is given more than once") }
            _ = try parameter.shape.value(of: first.value, parameter.name)
        }
    }

    /// The body of a call of the API, checked. An empty body is an empty object where none is required.
    func json(_ shape: Shape, _ site: Site, isRequired: Bool = true) async throws -> JSONValue {
        let bytes = try await read(upTo: 64 << 10, site)
        if bytes.isEmpty, !isRequired { return .object([:]) }
        let type = (headers[.contentType] ?? "").split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        guard type == "application/json" else {
            throw Problem(.unsupportedMediaType, "the body is not application/json")
        }
        let value = try JSONBody.value(bytes)
        try shape.check(value)
        return value
    }

    /// A whole number of the query that was checked.
    func number(_ name: String) -> Int64? { query[name].flatMap { Int64($0) } }

    /// A part of the path that names something; 404 if it cannot be a name of such a thing.
    func part<Value>(_ name: String, _ read: (String) -> Value?) throws -> Value {
        guard let value = parameters[name].flatMap(read) else { throw Problem.notFound("there is no such \(name)") }
        return value
    }
}
