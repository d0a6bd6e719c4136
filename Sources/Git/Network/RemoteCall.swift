import Domain
import Foundation
import Host
import SystemPackage

/// How the `git` program is called where the network is touched.
enum RemoteCall {
    /// The variables of one call. Whatever of this process's own could change what git does, or make it print what it
    /// sends, is taken away.
    static func environment(of remote: Remote, settings: FilePath) -> [String: String?] {
        var variables = MirrorFolder.environment(configuration: settings)
        for name in Self.removed { variables.updateValue(nil, forKey: name) }
        variables["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15"
        variables["GIT_ASKPASS"] = "false"
        variables["SSH_ASKPASS"] = "false"
        var pairs = [
            ("protocol.allow", "never"), ("protocol.https.allow", "always"), ("protocol.http.allow", "always"),
            ("protocol.ssh.allow", "always"), ("protocol.git.allow", "always"), ("protocol.file.allow", "always"),
            ("protocol.ext.allow", "never"), ("credential.helper", ""), ("core.askPass", "false"),
            ("http.lowSpeedLimit", "1000"), ("http.lowSpeedTime", "60"),
            ("transfer.credentialsInUrl", "die"), ("fetch.writeCommitGraph", "false"),
            // A clone is made anew if it is damaged, so that it need not be waited for on the disk.
            ("core.fsync", "none"),
        ]
        if let header = remote.header {
            pairs.append(("http.extraHeader", header))
            // git would take the header along to wherever it is sent.
            pairs.append(("http.followRedirects", "false"))
        }
        if let authority = remote.authority { pairs.append(("http.sslCAInfo", authority.string)) }
        variables["GIT_CONFIG_COUNT"] = String(pairs.count)
        for (index, (key, value)) in pairs.enumerated() {
            variables["GIT_CONFIG_KEY_\(index)"] = key
            variables["GIT_CONFIG_VALUE_\(index)"] = value
        }
        return variables
    }

    /// A file with the only settings that count for a call that needs no clone.
    static func settings(in folder: FilePath) async throws(Fault) -> FilePath {
        let file = folder.appending("gitconfig")
        try await Blocking.run { () throws(Fault) in
            try Files.writeDurably(Data(MirrorFolder.settings.utf8), to: file)
        }
        return file
    }

    private static let removed = [
        "GIT_TRACE", "GIT_TRACE_CURL", "GIT_TRACE_PACKET", "GIT_TRACE_SETUP", "GIT_TRACE2", "GIT_TRACE2_EVENT",
        "GIT_TRACE2_PERF", "GIT_CURL_VERBOSE", "GIT_TRACE_REDACT", "GIT_SSL_NO_VERIFY", "GIT_ALLOW_PROTOCOL",
        "GIT_PROTOCOL_FROM_USER", "GIT_SSH", "GIT_SSH_VARIANT", "GIT_PROXY_COMMAND", "GIT_EXEC_PATH",
        "GIT_ATTR_SOURCE", "GIT_REPLACE_REF_BASE", "GIT_CEILING_DIRECTORIES",
    ]
}
