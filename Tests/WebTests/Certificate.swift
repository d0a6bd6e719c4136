import Host
import Settings
import SystemPackage
import TestSupport

/// A certificate of its own making, with its key.
func withTemporaryCertificate(_ body: (Listen.TLS) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        let tls = Listen.TLS(certificate: folder.appending("cert.pem"), key: folder.appending("key.pem"))
        _ = try await Tool.find("openssl", advice: "").output(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj",
                "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls.key.string, "-out",
                tls.certificate.string,
            ], in: folder, environment: ["HOME": folder.string])
        try await body(tls)
    }
}
