import Foundation

/// The blocks of `policies/`, which the build puts into the executable.
enum ShippedBlocks {
    static let texts: [String: Data] = [
        "data-centric": Data(PackageResources.data_centric_yaml),
        "fairness": Data(PackageResources.fairness_yaml),
        "forecasting": Data(PackageResources.forecasting_yaml),
        "image-classification": Data(PackageResources.image_classification_yaml),
        "ranking": Data(PackageResources.ranking_yaml),
        "tabular-classification": Data(PackageResources.tabular_classification_yaml),
        "tabular-regression": Data(PackageResources.tabular_regression_yaml),
    ]

    static let names = texts.keys.sorted()

    /// A shipped block that cannot be read fails every test, so it never leaves the house.
    static let all = names.compactMap { name in
        texts[name].flatMap { try? PolicyBlock($0, file: name) }
    }
}
