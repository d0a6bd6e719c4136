import Domain
import Foundation

extension JSONBounds {
    /// Throws `.malformed` with the bound that is passed.
    func check(_ json: Data) throws(WebhookRefusal) {
        if let trouble = trouble(in: json) { throw .malformed(trouble) }
    }
}

/// Nil unless the forge's number and name can be those of somebody, or of what Gitea gives -1 (deleted) and -2 (Actions).
func forgeUser(id: Int64, login: String) -> ForgeUser? {
    guard id > 0 || id == -1 || id == -2 else { return nil }
    return PersonName(login).map { ForgeUser(id: String(id), login: $0) }
}

extension PersonName {
    /// True if it names an account when it is put into a path: what only walks about in the path is nobody's login.
    var isPartOfPath: Bool { text != "." && text != ".." }

    /// A login has no letter case. An answer about another one is about somebody who was not asked for.
    func isLogin(of user: ForgeUser) -> Bool { user.login.text.lowercased() == text.lowercased() }
}

/// A text that is kept as it is: nil if it is longer than anything of its kind or holds what cannot be shown.
func shortText(_ text: String, most: Int = 64) -> String? {
    guard !text.isEmpty, text.utf8.count <= most, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
    return text
}

/// Values that are read in the same way from a payload and from an answer.
func asPayload<Value>(_ read: () throws(ForgeError) -> Value) throws(WebhookRefusal) -> Value {
    do throws(ForgeError) {
        return try read()
    } catch .unreadable(let said) {
        throw .malformed(said)
    } catch {
        throw .malformed("it cannot be read")
    }
}
