import SystemPackage
import Testing

@testable import Engine

@Test(
    arguments: [
        ("flag", ["SLUICE_HOME": "/from/variable"], "/work/flag"),
        ("../flag/", [:], "/flag"),
        ("/absolute/./flag", ["XDG_DATA_HOME": "/data"], "/absolute/flag"),
        (nil, ["SLUICE_HOME": "/from/variable", "XDG_DATA_HOME": "/data"], "/from/variable"),
        (nil, ["SLUICE_HOME": "relative"], "/work/relative"),
        (nil, ["SLUICE_HOME": "", "XDG_DATA_HOME": "/data", "HOME": "/home/ada"], "/data/sluice"),
        (nil, ["XDG_DATA_HOME": "relative", "HOME": "/home/ada"], "/home/ada/.local/share/sluice"),
        (nil, ["HOME": "/home/ada"], "/home/ada/.local/share/sluice"),
    ] as [(String?, [String: String], String)])
func `the home is the flag's, else the variable's, else below the data directory`(
    _ flag: String?, _ variables: [String: String], _ home: String
) {
    #expect(Home.locate(flag: flag, variables: variables, from: "/work").root == FilePath(home))
}
