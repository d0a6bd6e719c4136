package import Foundation

/// The one byte encoding of a value that digests are taken over and that rows hold.
///
/// JSON with sorted keys, no blanks, unescaped slashes, ISO 8601 dates with milliseconds and shortest round-trip
/// numbers, so equal values always give equal bytes.
package enum Canonical {
    /// The canonical bytes. A value that JSON cannot hold (NaN, an infinity) encodes it as the words
    /// `nan`, `inf` and `-inf`.
    package static func bytes(of value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp.text(date))
        }
        do {
            return try encoder.encode(value)
        } catch {
            preconditionFailure("a Domain value did not encode: \(error)")
        }
    }

    /// The canonical bytes as text.
    package static func text(of value: some Encodable) -> String {
        String(decoding: bytes(of: value), as: UTF8.self)
    }

    /// Reads a value back. Throws `DecodingError`.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        decoder.dateDecodingStrategy = .custom { decoder in
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let date = Timestamp.parse(text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a timestamp"))
            }
            return date
        }
        return try decoder.decode(type, from: data)
    }

    /// Reads a value back from text. Throws `DecodingError`.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try decode(type, from: Data(text.utf8))
    }
}

/// Times as the store and `--json` write them: `2026-11-24T15:04:05.123Z`, UTC, milliseconds.
package enum Timestamp {
    private static let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The text of a time, rounded to the nearest millisecond.
    ///
    /// The style itself rounds down, and a parsed time lies a hair below its millisecond as often as above: without
    /// the half millisecond a time would lose one at every round trip, and its digest would change.
    package static func text(_ date: Date) -> String {
        date.addingTimeInterval(0.000_5).formatted(format)
    }

    /// Nil unless the text is in the written form.
    package static func parse(_ text: String) -> Date? {
        text.utf8.count == 24 ? try? Date(text, strategy: format) : nil
    }
}
