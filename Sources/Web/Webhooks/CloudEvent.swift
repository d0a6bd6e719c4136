import Domain
import Foundation
import HTTPTypes

/// An event in the form of CloudEvents 1.0 (https://github.com/cloudevents/spec): what it says of itself, and its data.
struct CloudEvent: Sendable, Equatable {
    let id: String
    let source: String
    let type: String
    /// Null without any.
    let data: JSONValue

    /// Two events with the same source and id are the same event (CloudEvents 1.0, "id").
    var key: String { "\(source)\n\(id)" }

    /// Most events of one batch.
    static let most = 100

    /// Reads structured, batched or binary events. Throws 400 that says what is missing, 415 for another type of body.
    static func all(headers: [String: String], body: Data) throws -> [CloudEvent] {
        let type = (headers["content-type"] ?? "").split(separator: ";").first.map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        switch type {
        case "application/cloudevents+json": return [try structured(try json(body))]
        case "application/cloudevents-batch+json":
            guard case .array(let members) = try json(body) else {
                throw Problem.invalid("a batch is an array of events")
            }
            guard members.count <= most else { throw Problem.invalid("a batch holds at most \(most) events") }
            return try members.map { try structured($0) }
        default:
            guard headers["ce-specversion"] != nil else {
                throw Problem(
                    .unsupportedMediaType, "the body is not of a type that is taken here",
                    advice: "send application/cloudevents+json, or headers ce-id, ce-source, ce-type, ce-specversion")
            }
            return [try binary(headers, type, body)]
        }
    }

    private static func structured(_ value: JSONValue) throws -> CloudEvent {
        guard case .object(let members) = value else { throw Problem.invalid("an event is an object") }
        guard members["data_base64"] == nil else { throw Problem.invalid("'data_base64' is not taken here") }
        return try checked(
            version: members["specversion"]?.text, id: members["id"]?.text, source: members["source"]?.text,
            type: members["type"]?.text, data: members["data"] ?? .null)
    }

    private static func binary(_ headers: [String: String], _ type: String?, _ body: Data) throws -> CloudEvent {
        func text(_ name: String) -> String? { headers[name].flatMap(\.removingPercentEncoding) }
        let isJSON = type == nil || type == "application/json" || type?.hasSuffix("+json") == true
        return try checked(
            version: headers["ce-specversion"], id: text("ce-id"), source: text("ce-source"), type: text("ce-type"),
            data: body.isEmpty || !isJSON ? .null : try json(body))
    }

    private static func checked(
        version: String?, id: String?, source: String?, type: String?, data: JSONValue
    ) throws -> CloudEvent {
        guard version == "1.0" else { throw Problem.invalid("'specversion' is not 1.0") }
        func attribute(_ name: String, _ text: String?) throws -> String {
            guard let text, Shape.Word.printable.holds(text) else {
                throw Problem.invalid("'\(name)' is missing, too long or holds what cannot be shown")
            }
            return text
        }
        return CloudEvent(
            id: try attribute("id", id), source: try attribute("source", source), type: try attribute("type", type),
            data: data)
    }

    private static func json(_ body: Data) throws -> JSONValue { try JSONBody.value(body) }
}

/// JSON that came from outside.
enum JSONBody {
    /// Throws 400 for what is no JSON, and for what costs more than anything that somebody means.
    static func value(_ body: Data) throws -> JSONValue {
        if let trouble = JSONBounds.call.trouble(in: body) { throw Problem.invalid("the JSON is refused: \(trouble)") }
        do {
            return try JSONDecoder().decode(JSONValue.self, from: body)
        } catch {
            throw Problem.invalid("the body is not JSON")
        }
    }
}
