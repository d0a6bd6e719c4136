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

/// Every kind of gate, and what belongs to gates.
let gatesPolicy = """
    version: 1
    model: flight-delay
    datasets: { flights: { mount: data/flights } }
    train: { run: python train.py, model: model.pkl, metrics: [loss.csv], outs: [tables] }
    evaluate:
      run: python evaluate.py --model ${model} --data ${data} --out ${predictions}
      predictions: predictions.csv
      metrics: evaluation.json
      slices: [carrier, sex]
      quantile: 0.9
      outs: [importance.json]
    gates:
      - { metric: auc, min: 0.70 }
      - { metric: auc, max: 0.95, action: warn }
      - { metric: auc, against: champion, max_drop: 0.005 }
      - { metric: f1, against: champion, max_drop: 1%, confidence: 0.9 }
      - { metric: recall, against: champion, max_drop: 0.01, confidence: none }
      - { metric: auc, against: champion, min_rise: 0 }
      - { metric: mae, against: champion, min_drop: 0 }
      - { metric: accuracy, against: champion, max_drop: 0.01, when_unsure: pass }
      - { metric: auc, slice: carrier, min: 0.60, min_rows: 200 }
      - { metric: auc, slice: carrier, against: champion, max_drop: 0.02, min_rows: 200 }
      - { metric: recall, slice: sex, max_gap: 0.1, min_rows: 50 }
      - { metric: auc, against: promotions, last: 5, max_drop: 0.02 }
      - { metric: f1, against: promotions, max_drop: 2% }
      - { metric: model_bytes, max: 50 MB }
      - { metric: model_bytes, against: champion, max_rise: 10% }
      - { metric: training_seconds, max: 2h }
      - { metric: data_age_seconds, max: 7d }
      - { metric: data_age_seconds.flights, max: 7d }
      - { metric: loss, require: converged }
      - { require: finite }
      - { name: business-check, command: 'python check.py ${model} ${predictions} ${data.flights}' }
      - { name: other-check, command: [make check, make other], action: warn }
    overlays:
      holiday-data:
        owner: alice
        reason: "Christmas week is short of rows"
        expires: 2026-12-31
        gates:
          - { metric: auc, against: champion, max_drop: 0.02 }
          - { metric: brier, max: 0.3, action: warn }
    report:
      templates: report/
      importance: importance.json
      sections: [{ title: Business numbers, file: tables/business.csv }]

    """
