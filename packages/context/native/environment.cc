#include "environment.h"

namespace sslkit {

const napi_type_tag kContextTag = {0x5c1f7a0e6b7d4c39ULL, 0x9a4e21f0c8d35b11ULL};
const napi_type_tag kSessionTag = {0x2fd0b6e1943a4f57ULL, 0xb1c77d92e05a6f38ULL};

Environment* Environment::Make(Napi::Env env) {
  auto* environment = new Environment();
  Napi::Int32Array progress = Napi::Int32Array::New(env, kProgressSlots);
  environment->progress_ = progress.Data();
  environment->progress_array_ = Napi::Reference<Napi::Int32Array>::New(progress, 1);
  env.SetInstanceData<Environment, Environment::Release>(environment);
  return environment;
}

void Environment::Release(Napi::Env, Environment* environment) {
  if (--environment->owners_ == 0) delete environment;
}

int32_t Environment::AddObject(SslObject* object) {
  owners_++;
  if (vacant_.empty()) {
    objects_.push_back(object);
    return static_cast<int32_t>(objects_.size() - 1);
  }
  const int32_t place = vacant_.back();
  vacant_.pop_back();
  objects_[static_cast<size_t>(place)] = object;
  return place;
}

void Environment::RemoveObject(int32_t place) {
  objects_[static_cast<size_t>(place)] = nullptr;
  vacant_.push_back(place);
  Release(nullptr, this);
}

Napi::Value Environment::ProgressArray(Napi::Env env) { return progress_array_.Value(); }

}  // namespace sslkit
