// swift-tools-version: 6.2
// One section per room with its tests, alphabetical inside a tier, one dependency a line.
// Who may import whom is written in ARCHITECTURE.md and checked by ArchitectureTests.
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

/// For a room that computes: its tests, which simulate thousands of evaluations, take four times as long without.
let numeric: [SwiftSetting] = [.unsafeFlags(["-O"], .when(configuration: .debug))]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")

func room(
    _ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [], more: [SwiftSetting] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings + more),
        .testTarget(
            name: "\(name)Tests",
            dependencies: [.target(name: name), "TestSupport"] + dependencies,
            swiftSettings: settings
        ),
    ]
}

let cLibraries: [Target] = [
    .systemLibrary(name: "CLibgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .target(name: "CLinux"),
    .target(name: "CSupervisor"),
]

// Tier 0: values and rules.
let domain = room("Domain", [crypto])

// Tier 1: the machine below us.
let foundations =
    room("Documents", ["Domain", .product(name: "Yams", package: "Yams")])
    + room("Host", ["Domain", system, .product(name: "Subprocess", package: "swift-subprocess")])
    + room(
        "Wire",
        [
            "Domain",
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOPosix", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]
    )

// Tier 2: one room for each neighbour of the flow.
let neighbours =
    room("Content", ["Domain", "Host", system])
    + room("DataChecks", ["Domain", "Documents", "Host", system])
    + room("Drops", ["CLinux", "Domain", "Host", system])
    + room("Environments", ["Domain", "Host", system])
    + room("Evaluation", ["Domain", "Documents", "Host", system], more: numeric)
    + room("Executors", ["CSupervisor", "Domain", "Host", system])
    + room(
        "Forges",
        ["Domain", "Host", "Wire", crypto, .product(name: "JWTKit", package: "jwt-kit")]
    )
    + room("Git", ["CLibgit2", "CLinux", "Domain", "Host", system])
    + room("Pipelines", ["Documents", "Domain"])
    + room(
        "Policies",
        ["Documents", "Domain"],
        // A link to policies, where the blocks are for people.
        resources: [
            .embedInCode("Blocks/data-centric.yaml"),
            .embedInCode("Blocks/fairness.yaml"),
            .embedInCode("Blocks/forecasting.yaml"),
            .embedInCode("Blocks/image-classification.yaml"),
            .embedInCode("Blocks/ranking.yaml"),
            .embedInCode("Blocks/tabular-classification.yaml"),
            .embedInCode("Blocks/tabular-regression.yaml"),
        ]
    )
    + room(
        "Reports",
        ["Domain", .product(name: "Mustache", package: "swift-mustache")],
        // A link to templates/report, where the templates are for people.
        resources: [
            .embedInCode("Templates/html.css"),
            .embedInCode("Templates/html.mustache"),
            .embedInCode("Templates/markdown.mustache"),
            .embedInCode("Templates/sections"),
            .embedInCode("Templates/terminal.mustache"),
        ]
    )
    + room("Settings", ["Documents", "Domain", "Host", system])
    + room("Storage", ["Domain", "Host", system, .product(name: "GRDB", package: "GRDB.swift")])

// Tier 3: the verbs.
let engine = room(
    "Engine",
    [
        "Content",
        "DataChecks",
        "Domain",
        "Drops",
        "Environments",
        "Evaluation",
        "Executors",
        "Git",
        "Host",
        "Pipelines",
        "Policies",
        "Reports",
        "Storage",
        system,
    ]
)

// Tiers 4 and 5: what a server does without being asked, and what it answers.
let server =
    room(
        "Service",
        [
            "Content",
            "Domain",
            "Engine",
            "Forges",
            "Git",
            "Host",
            "Reports",
            "Settings",
            "Storage",
            "Wire",
            crypto,
            system,
            .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ]
    )
    + room(
        "Web",
        [
            "Domain",
            "Engine",
            "Forges",
            "Host",
            "Reports",
            "Service",
            "Settings",
            "Storage",
            system,
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "Mustache", package: "swift-mustache"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOHTTP1", package: "swift-nio"),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ],
        // A link to templates/web, where the pages are for people.
        resources: [
            .embedInCode("Templates/events.mustache"),
            .embedInCode("Templates/foot.mustache"),
            .embedInCode("Templates/head.mustache"),
            .embedInCode("Templates/log.mustache"),
            .embedInCode("Templates/models.mustache"),
            .embedInCode("Templates/outbox.mustache"),
            .embedInCode("Templates/problem.mustache"),
            .embedInCode("Templates/projects.mustache"),
            .embedInCode("Templates/queue.mustache"),
            .embedInCode("Templates/run-table.mustache"),
            .embedInCode("Templates/run.mustache"),
            .embedInCode("Templates/runs.mustache"),
            .embedInCode("Templates/sign-in.mustache"),
            .embedInCode("Templates/style.css"),
            .embedInCode("Templates/why.mustache"),
        ]
    )

// Tier 6: the binary, and what only tests need.
let top: [Target] = [
    .executableTarget(
        name: "sluice",
        dependencies: [
            "Content",
            "DataChecks",
            "Documents",
            "Domain",
            "Drops",
            "Engine",
            "Environments",
            "Evaluation",
            "Executors",
            "Forges",
            "Git",
            "Host",
            "Pipelines",
            "Policies",
            "Reports",
            "Service",
            "Settings",
            "Storage",
            "Web",
            "Wire",
            system,
            .product(name: "ArgumentParser", package: "swift-argument-parser"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ],
        swiftSettings: settings
    ),
    .target(
        name: "TestSupport",
        dependencies: [
            "Domain",
            "Host",
            "Wire",
            crypto,
            system,
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "Logging", package: "swift-log"),
            .product(name: "NIOCore", package: "swift-nio"),
        ],
        swiftSettings: settings
    ),
    .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: settings),
    .testTarget(
        name: "StoryTests",
        dependencies: ["Domain", "Engine", "Host", "TestSupport", "sluice", system],
        swiftSettings: settings
    ),
]

let package = Package(
    name: "sluice",
    products: [.executable(name: "sluice", targets: ["sluice"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: cLibraries + domain + foundations + neighbours + engine + server + top
)
