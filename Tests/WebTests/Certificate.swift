import Host
import Settings
import SystemPackage
import TestSupport

/// A certificate of its own making, with its key.
func withTemporaryCertificate(_ body: (Listen.TLS) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
        try await body(try await makeCertificate("cert", in: folder))
    }
}

/// A certificate of its own making, with its key, in a folder.
func makeCertificate(_ name: String, in folder: FilePath) async throws -> Listen.TLS {
    let tls = Listen.TLS(certificate: folder.appending("\(name).pem"), key: folder.appending("\(name)-key.pem"))
    _ = try await Tool.find("openssl", advice: "").output(
        [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tls.key.string, "-out",
            tls.certificate.string,
        ], in: folder, environment: ["HOME": folder.string])
    return tls
}
