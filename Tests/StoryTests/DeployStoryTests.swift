import Domain
import Foundation
import Host
import SystemPackage
import TestSupport
import Testing

/// A deployment that takes its time, and a server that is killed in the middle of it.
@Suite(.timeLimit(.minutes(10)))
struct DeployStoryTests {
    private static let policy = ToyProject.policy.replacing(
        #"deploy: echo "deploy $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts""#,
        with: """
            deploy: |
                    echo "begin $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
                    until [ -e "$SLUICE_DEPLOY_DIR/go" ]; do sleep 0.1; done
                    echo "end $SLUICE_MODEL_VERSION" >> "$SLUICE_DEPLOY_DIR/acts"
            """)

    @Test func `a server that is killed while it deploys deploys once, and answers once`() async throws {
        #expect(Self.policy != ToyProject.policy)
        try await withScene(policy: Self.policy) { scene in
            let pull = try await scene.waiting()
            let approval = try await scene.say("/approve", on: pull)
            _ = try await eventually { scene.acts.isEmpty ? nil : true }
            // Others are heard while it deploys.
            let help = try await scene.ask("/help", on: pull)
            #expect(help.contains("/reproduce"), "\(help)")

            try await scene.replaced(by: "2", after: SIGKILL) { scene in
                #expect(scene.acts == ["begin 1"])
                #expect(scene.replies(on: pull).count == 1)
                try Files.writeDurably(Data(), to: scene.project.home.appending("deploy/toy/go"))
                let answer = try await scene.reply(to: approval, on: pull)
                #expect(answer.contains("Version 1 of `toy` is `champion` now."), "\(answer)")
                try await scene.sees("promoted: version 1 of toy", on: pull.head)
            }

            #expect(scene.acts == ["begin 1", "end 1", "verify 1"])
            #expect(scene.replies(on: pull).count == 2)
        }
    }
}
