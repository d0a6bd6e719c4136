import Domain
import Foundation
import Policies

/// The example of the design, without the keys of later versions.
let fullPolicy = """
    version: 1
    model: flight-delay

    environment:
      python: "3.11"
      lock: requirements.lock                 # or uv.lock
      secrets: [WAREHOUSE_TOKEN]

    datasets:
      flights:
        append: true
        schema: schemas/flights.json
        mount: data/flights

    tests:
      unit: pytest -q
      style: [ruff check, ruff format --check]

    train:
      pipeline: dvc.yaml
      model: models/model.pkl
      metrics: [metrics.json]

    evaluate:
      run: python evaluate.py --model ${model} --data ${data} --out ${predictions}
      predictions: predictions.csv

    gates:
      - { metric: auc, min: 0.70 }
      - { metric: auc, against: champion, max_drop: 0.005 }
      - { metric: model_bytes, max: 50 MB }

    approval:
      required: 1
      by: [alice, bob]
      not_by_author: true
      expires: 7d

    promotion:
      alias: champion
      deploy: ./deploy.sh ${model}
      verify: ./smoke.sh
      rollback: automatic

    limits: { time: 2h, memory: 8 GB, disk: 20 GB, output: 64 MB }
    sandbox: { network: false, require: required }
    reproduce: { tolerance: 1e-6 }

    """

let smallPolicy = """
    version: 1
    model: m
    train:
      run: python train.py
      model: model.pkl

    """

func read(_ text: String) throws(Complaints) -> Policy {
    try PolicyFile.read(Data(text.utf8))
}

/// What the reader complains about.
func complaints(_ text: String) -> [String] {
    do throws(Complaints) {
        _ = try read(text)
        return []
    } catch {
        return error.all.map(\.description)
    }
}
