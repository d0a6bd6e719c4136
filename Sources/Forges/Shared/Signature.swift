import Crypto
import Foundation

/// HMAC-SHA256 over the bytes as they were sent.
enum Signature {
    /// True if one of the secrets made it. Every secret is tried, and each comparison takes the same time whatever is
    /// wrong.
    static func isValid(hex: String, of body: Data, secrets: [String]) -> Bool {
        guard let code = bytes(hex: hex), code.count == SHA256.byteCount else { return false }
        return isValid(code, of: body, keys: secrets.map { Data($0.utf8) })
    }

    /// As above, for a code that was not written in hexadecimal digits.
    static func isValid(_ code: Data, of body: some DataProtocol, keys: [Data]) -> Bool {
        var isValid = false
        for key in keys where !key.isEmpty {
            let holds = HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: body, using: SymmetricKey(data: key))
            isValid = holds || isValid
        }
        return isValid
    }

    /// The value of a header such as `sha256=<hex>`, checked. Throws `.signature` if it is missing or wrong.
    static func check(
        header name: String, in request: WebhookRequest, prefix: String, secrets: [String]
    ) throws(WebhookRefusal) {
        guard let value = request.headers[name] else { throw .signature("the header \(name) is missing") }
        guard value.hasPrefix(prefix) else { throw .signature("the header \(name) is not of a kind that is accepted") }
        guard isValid(hex: String(value.dropFirst(prefix.count)), of: request.body, secrets: secrets) else {
            throw .signature("the header \(name) is wrong")
        }
    }

    /// True for a prefix and the 64 hexadecimal digits of an HMAC-SHA256, whether it holds or not.
    static func isOne(_ text: String, prefix: String) -> Bool {
        text.utf8.count == prefix.utf8.count + 2 * SHA256.byteCount && text.hasPrefix(prefix)
            && text.utf8.dropFirst(prefix.utf8.count).allSatisfy { value($0) != nil }
    }

    /// Nil unless an even number of hexadecimal digits.
    static func bytes(hex: String) -> Data? {
        let digits = Array(hex.utf8)
        guard digits.count.isMultiple(of: 2), digits.count <= 256 else { return nil }
        var bytes = Data()
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// The value of a hexadecimal digit; nil for anything else.
    static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x37
        case 0x61...0x66: digit - 0x57
        default: nil
        }
    }
}
