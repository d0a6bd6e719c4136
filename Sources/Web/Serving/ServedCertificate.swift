import Domain
import Foundation
import Host
import NIOSSL
import Settings
import Synchronization
import SystemPackage

/// The certificate that connections are answered with. Each takes the one that is there when it begins; those that are
/// open keep theirs.
final class ServedCertificate: Sendable {
    private struct State {
        var context: NIOSSLContext?
        var files: Listen.TLS
        /// Of what was read last, good or not.
        var read: Digest?
    }

    private let state: Mutex<State>

    init(_ files: Listen.TLS) { state = Mutex(State(context: nil, files: files, read: nil)) }

    /// Nil before the first `renew`.
    var context: NIOSSLContext? { state.withLock { $0.context } }

    /// Reads certificate and key anew; from then on new connections get them. Returns until when the certificate is good
    /// if it is another one than before, nil if it is the same.
    ///
    /// - Parameter files: where they are now; nil: where they were.
    /// - Throws: a fault that names what cannot be used; then nothing has changed.
    @discardableResult
    func renew(from files: Listen.TLS? = nil) async throws(Fault) -> Date? {
        let files = files ?? state.withLock { $0.files }
        let (pair, digest) = try await Blocking.run { () throws(Fault) in
            let pair = try Pair(files)
            return (pair, pair.digest)
        }
        if context != nil, state.withLock({ $0.read == digest }) { return nil }
        let context: NIOSSLContext
        do {
            context = try NIOSSLContext(configuration: pair.configuration)
        } catch {
            throw Fault(
                .environment, "the key in \(files.key) is not that of the certificate in \(files.certificate)",
                advice: "'listen.tls' in server.yaml wants a certificate and its own key")
        }
        state.withLock { $0 = State(context: context, files: files, read: digest) }
        return pair.end
    }

    /// Reads both as a server that starts does. Throws a fault that names what cannot be used.
    static func check(_ files: Listen.TLS) async throws(Fault) { try await ServedCertificate(files).renew() }
}

/// A certificate with its chain, and its key.
private struct Pair: Sendable {
    let configuration: TLSConfiguration
    let digest: Digest
    /// When the certificate ends.
    let end: Date

    /// Blocks.
    init(_ files: Listen.TLS) throws(Fault) {
        // Read by us: what the library says of a file that is not there is "failed to load".
        func read<Value>(
            _ what: String, _ path: FilePath, _ body: ([UInt8]) throws -> Value
        ) throws(Fault) -> (Value, Data) {
            let bytes = try Files.readSmall(path, limit: 1 << 20)
            do {
                return (try body([UInt8](bytes)), bytes)
            } catch {
                throw Fault(
                    .environment, "\(path) holds no \(what)", advice: "'listen.tls' in server.yaml wants PEM files")
            }
        }
        let (chain, chainBytes) = try read("certificate", files.certificate) { bytes in
            let all = try NIOSSLCertificate.fromPEMBytes(bytes)
            guard !all.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
            return all
        }
        let (key, keyBytes) = try read("private key", files.key) { try NIOSSLPrivateKey(bytes: $0, format: .pem) }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        self.configuration = configuration
        digest = Digest.of(Data(Digest.of(chainBytes).hex.utf8) + Data(Digest.of(keyBytes).hex.utf8))
        end = chain.first.map { Date(timeIntervalSince1970: Double($0.notValidAfter)) } ?? .distantPast
    }
}
