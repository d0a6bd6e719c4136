import SystemPackage

/// The variables that make Python behave the same in every run. What is not here (`PYTHONPATH`, `PYTHONHOME`, the
/// user's locale) does not reach a stage.
func stageVariables(below environment: FilePath?) -> [String: String] {
    let system = "/usr/local/bin:/usr/bin:/bin"
    var variables = [
        "PATH": system,
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUNBUFFERED": "1",
    ]
    if let environment {
        variables["PATH"] = "\(environment.appending("bin")):\(system)"
        variables["VIRTUAL_ENV"] = environment.string
    }
    return variables
}
