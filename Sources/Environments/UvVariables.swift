import Foundation

extension Environments {
    /// What uv's own environment is changed by.
    ///
    /// The index and network settings of the machine are kept: uv's variables and configuration are uv's business.
    /// Where there are none of uv's, pip's index and certificate settings are passed on, because a machine set up for
    /// pip should do. Variables that would change what a lock means are taken out.
    var uvVariables: [String: String?] {
        let inherited = ProcessInfo.processInfo.environment
        var changes: [String: String?] = [:]
        for name in misleading { changes.updateValue(nil, forKey: name) }
        changes["UV_NO_PROGRESS"] = "1"
        changes["NO_COLOR"] = "1"
        let pip = PipSettings(variables: inherited)
        let hasIndex = ["UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_CONFIG_FILE"].contains {
            inherited[$0] != nil
        }
        if !hasIndex, !hasUvConfiguration(inherited), let index = pip.value(of: "index-url") {
            changes["UV_DEFAULT_INDEX"] = index
        }
        if inherited["SSL_CERT_FILE"] == nil, let certificate = pip.value(of: "cert") {
            changes["SSL_CERT_FILE"] = certificate
        }
        return changes
    }
}

private let misleading = [
    "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PYTHON", "UV_SYSTEM_PYTHON", "UV_PROJECT",
    "UV_PROJECT_ENVIRONMENT", "UV_WORKING_DIR", "UV_WORKING_DIRECTORY", "UV_CONSTRAINT", "UV_OVERRIDE", "UV_EXCLUDE",
    "UV_NO_VERIFY_HASHES", "UV_REQUIRE_HASHES", "UV_NO_BINARY", "UV_NO_BINARY_PACKAGE", "UV_NO_BUILD_PACKAGE",
    "UV_PRERELEASE", "UV_RESOLUTION", "UV_EXCLUDE_NEWER", "UV_PYTHON_PLATFORM", "UV_NO_DEV", "UV_NO_GROUP",
    "UV_NO_DEFAULT_GROUPS", "UV_FROZEN", "UV_LOCKED", "UV_VENV_CLEAR", "UV_VENV_SEED", "UV_BREAK_SYSTEM_PACKAGES",
]

private func hasUvConfiguration(_ variables: [String: String]) -> Bool {
    let home = variables["XDG_CONFIG_HOME"] ?? variables["HOME"].map { "\($0)/.config" } ?? ""
    return ["\(home)/uv/uv.toml", "/etc/uv/uv.toml"].contains { FileManager.default.fileExists(atPath: $0) }
}

/// pip's settings: its variables first, then its configuration files, the user's before the machine's.
struct PipSettings {
    let variables: [String: String]

    /// The value of a setting such as `index-url`; nil if it is not set.
    func value(of name: String) -> String? {
        let variable = "PIP_" + name.uppercased().replacingOccurrences(of: "-", with: "_")
        if let value = variables[variable], !value.isEmpty { return value }
        let home = variables["HOME"] ?? ""
        let config = variables["XDG_CONFIG_HOME"] ?? "\(home)/.config"
        let files = [variables["PIP_CONFIG_FILE"], "\(config)/pip/pip.conf", "\(home)/.pip/pip.conf", "/etc/pip.conf"]
        for file in files.compactMap({ $0 }) {
            if let value = globalValue(of: name, inFile: file) { return value }
        }
        return nil
    }

    private func globalValue(of name: String, inFile file: String) -> String? {
        guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { return nil }
        var section = ""
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line.hasPrefix("[") { section = line }
            guard section == "[global]", let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals].trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "_", with: "-")
            let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if key == name, !value.isEmpty { return value }
        }
        return nil
    }
}
