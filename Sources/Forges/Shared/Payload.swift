import Domain
import Foundation

/// A payload whose signature holds.
enum Payload {
    /// How the members of a payload are named in the type that it is read as.
    enum Names {
        case fromSnakeCase
        case asWritten
    }

    /// Reads it; what is missing, of another type or beyond `Bounds` is `.malformed`.
    ///
    /// - Parameter names: as the type's keys have them. To make Swift's names of the hundred members of a repository
    ///   costs more than all else about a delivery, so the kinds that come most often read them as they are written.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from json: Data, names: Names = .fromSnakeCase
    ) throws(WebhookRefusal) -> Value {
        try JSONBounds.payload.check(json)
        do {
            let decoder =
                switch names {
                case .fromSnakeCase: forgeJSON()
                case .asWritten: JSONDecoder()
                }
            return try decoder.decode(type, from: json)
        } catch {
            throw .malformed(decodingTrouble(error))
        }
    }

    /// The JSON of a body: as it is, or the field `payload` of a form. Other content types are refused.
    static func json(of request: WebhookRequest) throws(WebhookRefusal) -> Data {
        let type = (request.headers["content-type"] ?? "").lowercased()
        if type.hasPrefix("application/json") { return request.body }
        guard type.hasPrefix("application/x-www-form-urlencoded") else {
            throw .malformed("the content type is neither JSON nor a form")
        }
        guard let payload = formField("payload", of: request.body) else {
            throw .malformed("the form has no field 'payload'")
        }
        return payload
    }

    /// The first field of that name in a form, decoded; nil if there is none or its percent signs are wrong.
    ///
    /// It is asked before a signature holds, so nothing is kept of the fields before it: a form can have millions.
    static func formField(_ name: String, of form: Data) -> Data? {
        let wanted = Array(name.utf8) + [0x3D]
        return form.withUnsafeBytes { bytes in
            var start = 0
            while start < bytes.count {
                let end = bytes[start...].firstIndex(of: 0x26) ?? bytes.count
                if bytes[start..<end].starts(with: wanted) {
                    return formDecoded(UnsafeRawBufferPointer(rebasing: bytes[(start + wanted.count)..<end]))
                }
                start = end + 1
            }
            return nil
        }
    }

    private static func formDecoded(_ bytes: UnsafeRawBufferPointer) -> Data? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(bytes.count)
        var place = 0
        while place < bytes.count {
            switch bytes[place] {
            case 0x2B: decoded.append(0x20)
            case 0x25:
                guard place + 2 < bytes.count, let high = Signature.value(bytes[place + 1]),
                    let low = Signature.value(bytes[place + 2])
                else { return nil }
                decoded.append(high << 4 | low)
                place += 2
            case let byte: decoded.append(byte)
            }
            place += 1
        }
        return Data(decoded)
    }
}
