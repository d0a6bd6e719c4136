import AsyncHTTPClient
package import Domain
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

extension Wire {
    /// A wire over the network. Its connections are closed when the last copy of it is gone.
    ///
    /// - Parameters:
    ///   - agent: the `User-Agent`: `sluice/<version>`.
    ///   - authority: a PEM file of certificates to trust besides the system's.
    ///   - connectTimeout: seconds until a connection must stand, TLS included.
    /// - Throws: `.input` if `authority` is not a file of certificates.
    package static func live(
        agent: String, authority: String? = nil, connectTimeout: Double = 10
    ) throws(Fault) -> Wire {
        let client = LiveClient(configuration: try configuration(authority, connectTimeout), agent: agent)
        return Wire { request throws(WireError) in try await client.send(request) }
    }

    private static func configuration(
        _ authority: String?, _ connectTimeout: Double
    ) throws(Fault) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authority {
            do {
                tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(authority))]
            } catch {
                throw Fault(.input, "\(authority) is not a file of certificates in PEM form")
            }
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(Int64(min(max(connectTimeout, 0.001), 3600) * 1000))))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(20)
        return configuration
    }
}

/// Owns the client: it must be shut down before it is given up.
private final class LiveClient: Sendable {
    private let client: HTTPClient
    private let configuration: HTTPClient.Configuration
    private let agent: String

    init(configuration: HTTPClient.Configuration, agent: String) {
        self.client = HTTPClient(configuration: configuration)
        self.configuration = configuration
        self.agent = agent
    }

    deinit {
        client.shutdown { _ in }
    }

    func send(_ request: WireRequest) async throws(WireError) -> WireResponse {
        guard let url = URL(string: request.url), let host = url.host, !host.isEmpty,
            url.scheme == "https" || url.scheme == "http"
        else { throw .notSent("not an address of http or https") }
        guard request.onlyPublic else { return try await perform(request, with: client) }
        var configuration = configuration
        configuration.dnsOverride = [host: try await PublicAddress.of(host)]
        let once = HTTPClient(configuration: configuration)
        let outcome: Result<WireResponse, WireError>
        do throws(WireError) {
            outcome = .success(try await perform(request, with: once))
        } catch {
            outcome = .failure(error)
        }
        once.shutdown { _ in }
        return try outcome.get()
    }

    /// The exchange against the clock: the client's own deadline ends with the head of the answer.
    private func perform(_ request: WireRequest, with client: HTTPClient) async throws(WireError) -> WireResponse {
        let timeout = Int64(min(max(request.timeout, 0.001), 86_400) * 1000)
        let outcome = await withTaskGroup(of: Result<WireResponse, WireError>.self) { group in
            group.addTask { await self.exchange(request, with: client, milliseconds: timeout) }
            group.addTask {
                let isWhole = (try? await Task.sleep(for: .milliseconds(timeout))) != nil
                return .failure(.mayHaveActed(isWhole ? WireError.late : "given up"))
            }
            let first = await group.next()
            group.cancelAll()
            return first
        }
        guard let outcome else { throw .mayHaveActed(WireError.late) }
        return try outcome.get()
    }

    private func exchange(
        _ request: WireRequest, with client: HTTPClient, milliseconds: Int64
    ) async -> Result<WireResponse, WireError> {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
        outgoing.headers.add(name: "user-agent", value: agent)
        for (name, value) in request.headers.sorted(by: { $0.key < $1.key }) {
            outgoing.headers.replaceOrAdd(name: name, value: value)
        }
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            let response = try await client.execute(outgoing, deadline: .now() + .milliseconds(milliseconds))
            let body = try await response.body.collect(upTo: max(request.limit, 0))
            var headers: [String: String] = [:]
            for (name, value) in response.headers {
                let name = name.lowercased()
                headers[name] = headers[name].map { "\($0), \(value)" } ?? value
            }
            return .success(
                WireResponse(
                    status: Int(response.status.code), headers: headers, body: Data(body.readableBytesView)))
        } catch {
            return .failure(WireError(error, limit: request.limit))
        }
    }
}
