import Domain
import Foundation
import Wire

extension ForgeError {
    /// What a failed exchange means.
    init(_ error: WireError, isWrite: Bool) {
        switch error {
        case .notSent(let said): self = .unreachable(said, mayHaveActed: false)
        case .mayHaveActed(let said): self = .unreachable(said, mayHaveActed: isWrite)
        case .tooLong: self = .unreadable(Self.tooLong)
        case .notPublic: self = .refused("the host has no public address")
        }
    }

    private static let tooLong = "the answer is too long"
    /// True if the answer is beyond the limit of `Wire`; a part of it may not be.
    var isTooLong: Bool { self == .unreadable(Self.tooLong) }

    /// What the status of an answer means; nil for 2xx.
    init?(_ response: WireResponse, isWrite: Bool, now: Date, redactor: Redactor) {
        let said = Self.said(response, redactor: redactor)
        switch response.status {
        case 200...299: return nil
        case 300...399: self = .notFound("it answers with another address: renamed or moved")
        case 401: self = .unauthorized(said)
        case 403 where Self.isRateLimit(response, said): self = .rateLimited(until: Self.end(response, now: now))
        case 403, 451: self = .forbidden(said)
        case 404, 410: self = .notFound(said)
        case 408, 425: self = .unreachable(said, mayHaveActed: isWrite)
        case 409, 412: self = .conflict(said)
        case 429: self = .rateLimited(until: Self.end(response, now: now))
        case 400...499: self = .refused(said)
        case 503 where response.headers["retry-after"] != nil:
            self = .rateLimited(until: Self.end(response, now: now))
        case 500...599: self = .unreachable("status \(response.status)", mayHaveActed: isWrite)
        default: self = .unreadable("status \(response.status)")
        }
    }

    /// GitHub's second kind of limit says so in words only, at times.
    private static func isRateLimit(_ response: WireResponse, _ said: String) -> Bool {
        if response.headers["retry-after"] != nil { return true }
        if response.headers["x-ratelimit-remaining"] == "0" || response.headers["ratelimit-remaining"] == "0" {
            return true
        }
        let said = said.lowercased()
        return said.contains("rate limit") || said.contains("abuse detection")
    }

    /// When to ask again: as told in seconds or as a date, else when the count starts anew, else in a minute. Never more
    /// than a day ahead. Counted from the forge's own clock where it tells the time, because ours may differ.
    private static func end(_ response: WireResponse, now: Date) -> Date {
        let theirs = response.headers["date"].flatMap(httpDate) ?? now
        var wait = 60.0
        if let text = response.headers["retry-after"] {
            if let seconds = Double(text.trimmingCharacters(in: .whitespaces)), seconds.isFinite {
                wait = seconds
            } else if let date = httpDate(text) {
                wait = date.timeIntervalSince(theirs)
            }
        } else if let text = response.headers["x-ratelimit-reset"] ?? response.headers["ratelimit-reset"],
            let reset = Double(text), reset.isFinite
        {
            wait = reset - theirs.timeIntervalSince1970
        }
        return now.addingTimeInterval(min(max(wait, 1), 86_400))
    }

    /// The forge's own words, short, on one line, and without secrets.
    private static func said(_ response: WireResponse, redactor: Redactor) -> String {
        let answer = try? JSONDecoder().decode(JSONValue.self, from: response.body.prefix(65_536))
        var words: [String] = []
        if let answer {
            for part in [answer["message"], answer["error"], answer["error"]?["message"], answer["error_description"]] {
                if let text = part?.text { words.append(text) }
            }
            // GitHub's and GitLab's lists of what is wrong with which field.
            for list in [answer["errors"], answer["message"]] {
                switch list {
                case .array, .object: words.append(list.map { Canonical.text(of: $0) } ?? "")
                case .null, .bool, .integer, .number, .string, nil: break
                }
            }
        }
        let text = redactor.text(words.joined(separator: ": "))
        let shown = text.unicodeScalars.prefix(300).map { $0.escaped ?? String($0) }.joined()
        return shown.isEmpty ? "status \(response.status)" : "\(shown) (status \(response.status))"
    }
}

/// A time as HTTP headers have it: `Sun, 06 Nov 1994 08:49:37 GMT`.
func httpDate(_ text: String) -> Date? {
    let parts = text.split(separator: " ")
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else { return nil }
    let number = month + 1
    let iso = "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z"
    return forgeDate(iso)
}
