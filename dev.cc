#include "lib/trial/experiment.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
using namespace pidlab;
int main(int argc,char**argv){ int n=argc>1?atoi(argv[1]):1; int bad=0; double total=0;
 for(int i=0;i<n;i++) for(auto&e:Catalogue()){ if(argc>2&&e.name.find(argv[2])==std::string::npos) continue; auto r=RunExperiment(e,{}); total+=r.seconds; if(r.verdict!=Verdict::kPass) bad++;
  if(i==0||r.verdict!=Verdict::kPass){printf("%s %s %.4f %s\n",VerdictName(r.verdict),r.experiment.c_str(),r.seconds,r.reason.c_str()); if(r.skip) printf("  %s | %s | %s | %s\n", r.skip->code.c_str(), r.skip->needs.c_str(), r.skip->probed.c_str(), r.skip->to_run.c_str());
  for(auto&s:r.steps){printf(" %d %s\n",s.number,s.title.c_str()); for(auto&x:s.entries) printf("   %s %s: %s | %s | %s\n",x.ok?"ok ":"BAD",x.process.c_str(),x.text.c_str(),x.expected.c_str(),x.observed.c_str());}}}
 printf("bad %d avg %.5f\n",bad,total/n);}
