import Domain
import Foundation
import HTTPTypes

/// The OpenAPI 3.1 document, written from the table of routes that the server answers from.
enum OpenAPI {
    static func document(of routes: [Route], version: String) -> JSONValue {
        var paths: [String: [String: JSONValue]] = [:]
        for route in routes {
            guard let manual = route.manual else { continue }
            paths[route.path, default: [:]][route.method.rawValue.lowercased()] = operation(route, manual)
        }
        return .object([
            "openapi": .string("3.1.0"),
            "info": .object([
                "title": .string("Sluice"), "version": .string(version.isEmpty ? "0" : version),
                "description": .string(
                    "Runs, decisions and what leads to them. Errors are application/problem+json (RFC 9457)."),
            ]),
            "tags": .array(Manual.Group.allCases.map { .object(["name": .string($0.rawValue)]) }),
            "paths": .object(paths.mapValues { .object($0) }),
            "components": .object([
                "schemas": .object(Shapes.named.mapValues(\.schema)),
                "securitySchemes": .object([
                    "token": .object(["type": .string("http"), "scheme": .string("bearer")])
                ]),
            ]),
        ])
    }

    private static func operation(_ route: Route, _ manual: Manual) -> JSONValue {
        var members: [String: JSONValue] = [
            "operationId": .string(manual.name), "summary": .string(manual.summary),
            "tags": .array([.string(manual.group.rawValue)]),
            "responses": .object(responses(route, manual)),
        ]
        let parameters =
            route.parts.filter { $0.hasPrefix("{") }.map { part in
                let name = String(part.dropFirst().dropLast())
                return parameter(name, "path", Manual.pathShapes[name] ?? .text(1...1000), nil, true)
            } + manual.query.map { parameter($0.name, "query", $0.shape, $0.meaning, $0.isRequired) }
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = manual.body {
            members["requestBody"] = .object([
                "required": .bool(body.isRequired),
                "content": .object([body.type: .object(["schema": body.shape.schema])]),
            ])
        }
        if case .token(let role) = route.access {
            members["security"] = .array([.object(["token": .array([])])])
            members["description"] = .string("Needs the role `\(role.rawValue)`.")
        }
        return .object(members)
    }

    private static func parameter(
        _ name: String, _ place: String, _ shape: Shape, _ meaning: String?, _ isRequired: Bool
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "in": .string(place), "required": .bool(isRequired), "schema": shape.schema,
        ]
        if let meaning { members["description"] = .string(meaning) }
        return .object(members)
    }

    /// What every route may answer, besides what its manual says.
    private static func responses(_ route: Route, _ manual: Manual) -> [String: JSONValue] {
        var answers = manual.answers
        func add(_ code: Int, _ meaning: String) {
            if !answers.contains(where: { $0.code == code }) { answers.append(.problem(code, meaning)) }
        }
        if case .token = route.access {
            add(401, "No valid token.")
            add(403, "The token's role is too low.")
        }
        if manual.body != nil {
            add(413, "The body is too long.")
            add(415, "The body is of another type.")
        }
        if route.method != .get { add(409, "It cannot be done as things stand; `detail` says why.") }
        add(400, "Something about the request is not as it must be.")
        if route.path.contains("{") { add(404, "There is none.") }
        add(503, "Not now; `Retry-After` says when.")
        return Dictionary(
            answers.map { answer in
                let content = answer.content.map { type, shape in
                    (type, JSONValue.object(["schema": shape?.schema ?? .object(["type": .string("string")])]))
                }
                var members: [String: JSONValue] = ["description": .string(answer.meaning)]
                if !content.isEmpty {
                    members["content"] = .object(Dictionary(content, uniquingKeysWith: { first, _ in first }))
                }
                return (String(answer.code), .object(members))
            }, uniquingKeysWith: { first, _ in first })
    }
}
