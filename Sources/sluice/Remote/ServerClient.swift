import ArgumentParser
import Domain
import Foundation
import Host
import SystemPackage
import Wire

/// Which server a command speaks to instead of a home.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Ask a server instead of a home (else SLUICE_SERVER); the token is in SLUICE_TOKEN, or in the file that SLUICE_TOKEN_FILE names.",
            valueName: "url"))
    var server: String?

    /// Nil: the command is about a home. A home that is named wins over the environment.
    func client(_ options: CommonOptions) async throws(Fault) -> ServerClient? {
        let variables = ProcessInfo.processInfo.environment
        if server != nil, options.home != nil {
            throw Fault(.input, "--server and --home do not go together", advice: "give one of them")
        }
        let address = server ?? (options.home == nil ? variables["SLUICE_SERVER"] : nil)
        guard let address, !address.isEmpty else { return nil }
        return try await ServerClient(address: address, tokenFile: nil, variables: variables)
    }

    /// As `client`, for commands that only a server can answer.
    func needed(_ options: CommonOptions) async throws(Fault) -> ServerClient {
        guard let client = try await client(options) else {
            throw Fault(
                .input, "no server is named",
                advice: "give one with --server https://sluice.example.org, or set SLUICE_SERVER")
        }
        return client
    }
}

/// The JSON API of a server, asked with a token that is never an argument.
struct ServerClient: Sendable {
    /// Without a slash at its end.
    let address: String
    private let token: TokenText
    private let wire: Wire

    /// - Parameter tokenFile: nil: what the variables say.
    init(address: String, tokenFile: FilePath?, variables: [String: String]) async throws(Fault) {
        var address = address
        while address.hasSuffix("/") { address.removeLast() }
        guard let url = URL(string: address), ["http", "https"].contains(url.scheme), url.host?.isEmpty == false,
            url.user == nil, url.password == nil, url.query == nil, url.fragment == nil
        else {
            throw Fault(
                .input, "'\(address.shown())' is not a server's address", advice: "write https://sluice.example.org")
        }
        self.address = address
        token = try await Self.token(tokenFile, variables)
        wire = try Wire.live(agent: "sluice/\(Version.text)", authority: variables["SLUICE_CA_FILE"])
    }

    private static func token(_ file: FilePath?, _ variables: [String: String]) async throws(Fault) -> TokenText {
        let advice = "'sluice token create USER' on the server makes one"
        let text: String
        if file == nil, let given = variables["SLUICE_TOKEN"], !given.isEmpty {
            text = given
        } else if let path = file ?? variables["SLUICE_TOKEN_FILE"].map({ FilePath($0) }) {
            let bytes = try await Blocking.run { () throws(Fault) in try Files.readSmall(path, limit: 4096) }
            text = String(decoding: bytes, as: UTF8.self)
        } else {
            throw Fault(.input, "there is no token: SLUICE_TOKEN is not set", advice: advice)
        }
        guard let token = TokenText(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            let place = file?.string ?? (variables["SLUICE_TOKEN"].flatMap { $0.isEmpty ? nil : "SLUICE_TOKEN" })
            throw Fault(
                .input,
                "\(place ?? "the file that SLUICE_TOKEN_FILE names") holds no token, which begins with 'sluice_'",
                advice: advice)
        }
        return token
    }

    /// What the server answers, whatever it is; throws only if there is no answer.
    func send(
        _ method: WireRequest.Method, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil,
        type: String = "application/json", accept: String = "application/json", timeout: Double = 30
    ) async throws(Fault) -> WireResponse {
        var headers = ["authorization": "Bearer \(token.secret)", "accept": accept]
        var bytes: Data?
        if let body {
            headers["content-type"] = type
            bytes = try? JSONEncoder().encode(body)
        }
        let words = query.map { "\(Self.escaped($0.0))=\(Self.escaped($0.1))" }.joined(separator: "&")
        let request = WireRequest(
            method, address + path + (words.isEmpty ? "" : "?\(words)"), headers: headers, body: bytes,
            timeout: timeout, limit: 64 << 20)
        do throws(WireError) {
            return try await wire.send(request)
        } catch {
            switch error {
            case .notSent(let said): throw Fault(.environment, "\(address) cannot be reached: \(said)")
            case .mayHaveActed(let said):
                throw Fault(
                    .environment, "\(address) did not answer: \(said)",
                    advice: "it may have acted; look before you ask again")
            case .tooLong: throw Fault(.environment, "the answer of \(address) is longer than is taken")
            case .notPublic: throw Fault(.environment, "\(address) has no public address")
            }
        }
    }

    /// The bytes of a good answer; what the server refuses is a fault in its own words.
    func bytes(
        _ method: WireRequest.Method, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil,
        type: String = "application/json", accept: String = "application/json", timeout: Double = 30
    ) async throws(Fault) -> Data {
        let answer = try await send(
            method, path, query: query, body: body, type: type, accept: accept, timeout: timeout)
        if (200..<300).contains(answer.status) { return answer.body }
        throw Self.fault(of: answer)
    }

    /// As `bytes`, read as JSON.
    func json(
        _ method: WireRequest.Method, _ path: String, query: [(String, String)] = [], body: JSONValue? = nil,
        type: String = "application/json"
    ) async throws(Fault) -> JSONValue {
        let bytes = try await bytes(method, path, query: query, body: body, type: type)
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: bytes) else {
            throw Fault(
                .environment, "\(address) answers with something that is not JSON",
                advice: "is there a server of Sluice at this address?")
        }
        return value
    }

    /// The server's own words, or what its status means.
    static func fault(of answer: WireResponse) -> Fault {
        let problem = try? JSONDecoder().decode(JSONValue.self, from: answer.body)
        let kind: Fault.Kind = answer.status >= 500 || answer.status == 429 ? .environment : .input
        if let detail = problem?["detail"]?.text {
            return Fault(kind, detail, advice: problem?["advice"]?.text)
        }
        return Fault(kind, "the server answers with status \(answer.status)")
    }

    /// One part of a path or a query.
    static func escaped(_ text: String) -> String {
        var allowed = CharacterSet()
        allowed.insert(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }
}
