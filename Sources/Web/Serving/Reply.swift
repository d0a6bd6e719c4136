import Domain
package import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// An answer.
struct Reply: Sendable {
    var status: HTTPResponse.Status
    var headers: HTTPFields
    var body: ResponseBody
    /// The bytes of the body; nil for one that is written bit by bit.
    var text: Data?
    /// True: what is left of the request is not read, and the connection ends soon after the answer.
    var closes = false

    init(_ status: HTTPResponse.Status, headers: HTTPFields = [:], body: ResponseBody = .init()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A text of a type.
    init(_ status: HTTPResponse.Status, _ type: String, _ text: String) {
        self.init(status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// Bytes of a type.
    init(_ status: HTTPResponse.Status, _ type: String, _ bytes: Data) {
        self.init(status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
        text = bytes
    }

    /// A value as JSON, in the shapes of docs/json.md.
    static func json(_ value: some Encodable, _ status: HTTPResponse.Status = .ok) -> Reply {
        Reply(status, "application/json", JSONText.data(of: value))
    }

    static func redirect(to place: String) -> Reply {
        Reply(.seeOther, headers: [.location: place])
    }
}

/// JSON as `--json` prints it.
package enum JSONText {
    /// The bytes: keys in snake case and sorted, times in UTC with milliseconds, numbers that are none as words.
    package static func data(of value: some Encodable, _ formatting: JSONEncoder.OutputFormatting = []) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp.text(date))
        }
        do {
            return try encoder.encode(value)
        } catch {
            preconditionFailure("a view did not encode: \(error)")
        }
    }
}
